import { DEFAULT_PUBLISHER, type PublisherPolicy } from "../actors/publisher.ts";
import type { RescuePolicy } from "../actors/rescuer.ts";
import type { NodeOptions } from "../actors/node.ts";
import { OPEN_TERMS } from "../network/deployBuildAhead.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import { MAINNET_DURATIONS, type SlotDurations, type TimetableMode } from "../protocol/timetable.ts";
import { QUIET_DEMAND, type BlockDemand, type DemandParameters } from "../sim/demand.ts";
import { CALM_NETWORK, type GossipWeather } from "../sim/gossip.ts";
import { BPO2_BLOBS } from "../sim/feeMarket.ts";
import type { L1Weather } from "../sim/l1.ts";
import type { LedgerSetup } from "../sim/ledger.ts";

/** In what a node differs from the others. */
export interface NodeTraits {
  /** False: it knows nothing of Build Ahead. */
  readonly buildsAhead: boolean;
  readonly livenessTimeoutMs: number | undefined;
  readonly txsPerBlock: number;
  readonly maxDepth: number;
  readonly packsAtMost: number;
  readonly fill: number;
  /** Takes its own transaction back when its slot ends, even if it could still land, as v4.1.2 does. */
  readonly takesBackAtBoundary: boolean;
  readonly publisher: PublisherPolicy;
  /** Left out: rescues what it would build on, if it builds ahead. */
  readonly rescues: readonly RescuePolicy[] | undefined;
  readonly clockOffsetMs: number;
  readonly downtimes: NodeOptions["downtimes"];
}

/** A run, from which everything follows. Plain data throughout. */
export interface StageSetup extends LedgerSetup {
  /** Slots in which somebody proposes: 1 to this. */
  readonly slots: number;
  readonly mode: TimetableMode;
  readonly durations: SlotDurations;
  readonly gossip: GossipWeather;
  readonly l1: L1Weather;
  readonly demand: Omit<DemandParameters, "gasLimit"> | readonly BlockDemand[];
  /** Milliseconds between users' transactions; 0: there are none. */
  readonly userEveryMs: number;
  readonly traits: NodeTraits;
  /** By name: a letter of the cast, `v3`, or that of a node without a key, which is there because it is named. */
  readonly nodes: Readonly<Record<string, Partial<NodeTraits>>>;
  /** Provers, and how long they take from the moment at which an epoch is complete. */
  readonly provers: Readonly<Record<string, { readonly provingMs: number }>>;
  /** Transactions that nobody in the run sends by itself. */
  readonly injected: readonly Injected[];
  /** Whether a checkpoint without a quorum may land: only where that is what the run is about. */
  readonly allowsUnattested: boolean;
  /** Entries of the trace that are kept; 0: none. */
  readonly traceLimit: number;
}

/** Something that is sent to L1 at a moment, by whoever is named. */
export interface Injected {
  readonly ms: number;
  readonly sender: string;
  readonly action: "message" | "prune" | { readonly invalidate: number };
}

/** L1 as it mostly is: every block comes, nothing is taken back, half-full blocks. */
const CALM_L1: L1Weather = {
  propagation: { kind: "uniform", fromMs: 200, toMs: 1_000 },
  sight: { kind: "uniform", fromMs: 200, toMs: 900 },
  builderDeadline: { kind: "fixed", ms: 0 },
  missed: 0,
  missedAt: [],
  reorg: 0,
  reorgs: [],
  censorship: [],
  gasLimit: 60_000_000,
  blobSchedule: BPO2_BLOBS,
  baseFee: 1_000_000_000,
};

const DEFAULT_TRAITS: NodeTraits = {
  buildsAhead: true,
  livenessTimeoutMs: undefined,
  txsPerBlock: 4,
  maxDepth: 2,
  packsAtMost: Number.MAX_SAFE_INTEGER,
  fill: 0,
  takesBackAtBoundary: false,
  publisher: DEFAULT_PUBLISHER,
  rescues: undefined,
  clockOffsetMs: 0,
  downtimes: [],
};

/** A small network on a calm day: committees of four out of six, epochs of eight slots, mainnet's slots and blocks. */
const DEFAULT_SETUP: StageSetup = {
  seed: "stage",
  slotSeconds: MAINNET_DURATIONS.slot,
  epochSlots: 8,
  committeeSize: 4,
  validators: 6,
  proofSubmissionEpochs: 1,
  inboxLag: 2,
  terms: OPEN_TERMS,
  cast: ".",
  reorgBlocks: 0,
  ownBlobs: false,
  slots: 3,
  mode: "build-ahead",
  durations: MAINNET_DURATIONS,
  gossip: CALM_NETWORK,
  l1: CALM_L1,
  demand: QUIET_DEMAND,
  userEveryMs: 3_000,
  traits: DEFAULT_TRAITS,
  nodes: {},
  provers: {},
  injected: [],
  allowsUnattested: false,
  traceLimit: Number.POSITIVE_INFINITY,
};

/** What a run says differently from {@link DEFAULT_SETUP}: weather and traits field by field. */
export type StageChanges = Partial<Omit<StageSetup, "gossip" | "l1" | "traits" | "terms">> & {
  readonly gossip?: Partial<GossipWeather>;
  readonly l1?: Partial<L1Weather>;
  readonly traits?: Partial<NodeTraits>;
  readonly terms?: Partial<LateSubmissionTerms>;
};

export function makeSetup(...changes: readonly StageChanges[]): StageSetup {
  return changes.reduce<StageSetup>(
    (setup, change) => ({
      ...setup,
      ...change,
      gossip: { ...setup.gossip, ...change.gossip },
      l1: { ...setup.l1, ...change.l1 },
      traits: { ...setup.traits, ...change.traits },
      terms: { ...setup.terms, ...change.terms },
      nodes: { ...setup.nodes, ...change.nodes },
    }),
    DEFAULT_SETUP,
  );
}
