import type { NodeOptions } from "../actors/node.ts";
import { L1_BLOCK_MS } from "../sim/calendar.ts";
import { QUIET_DEMAND, type DemandParameters } from "../sim/demand.ts";
import type { GossipRule, Partition, Topic } from "../sim/gossip.ts";
import type { Censorship, PlannedReorg } from "../sim/l1.ts";
import { RandomSource, type RandomStream } from "../sim/random.ts";
import { makeSetup, type StageSetup } from "./stageSetup.ts";

/** One thing that is wrong for a while, as plain data: a storm without it is a storm as well. */
export type Fault =
  | { readonly kind: "withheld" | "delayed" | "lost"; readonly rule: GossipRule }
  | { readonly kind: "partition"; readonly partition: Partition }
  | { readonly kind: "missed L1 block"; readonly ms: number }
  | { readonly kind: "L1 reorg"; readonly reorg: PlannedReorg }
  | { readonly kind: "fee spike"; readonly spike: DemandParameters["spikes"][number] }
  | { readonly kind: "censoring builder"; readonly censorship: Censorship }
  | { readonly kind: "crash"; readonly node: string; readonly downtime: NodeOptions["downtimes"][number] }
  | { readonly kind: "wrong clock"; readonly node: string; readonly offsetMs: number }
  | { readonly kind: "old node"; readonly node: string }
  | { readonly kind: "slow prover"; readonly provingMs: number };

export type FaultKind = Fault["kind"];

/** A run whose weather was drawn, and ends. */
export interface Storm {
  readonly seed: string;
  /** From this slot on nothing new goes wrong. */
  readonly calmSlot: number;
  readonly slots: number;
  readonly base: StageSetup;
  readonly faults: readonly Fault[];
}

/** How often each kind is in a storm, and how many of it at most: none of them rare by accident. */
const KINDS: Readonly<Record<FaultKind, { readonly chance: number; readonly most: number }>> = {
  withheld: { chance: 0.6, most: 4 },
  delayed: { chance: 0.5, most: 3 },
  lost: { chance: 0.4, most: 2 },
  partition: { chance: 0.3, most: 1 },
  "missed L1 block": { chance: 0.6, most: 8 },
  "L1 reorg": { chance: 0.4, most: 3 },
  "fee spike": { chance: 0.3, most: 2 },
  "censoring builder": { chance: 0.4, most: 3 },
  crash: { chance: 0.4, most: 2 },
  "wrong clock": { chance: 0.4, most: 2 },
  "old node": { chance: 0.4, most: 2 },
  "slow prover": { chance: 0.3, most: 1 },
};

export const FAULT_KINDS = Object.keys(KINDS) as readonly FaultKind[];

const STORM_SLOTS = 8;
const CALM_SLOTS = 6;
/** Opening the blobs of an epoch takes longer than all the rest: not every storm is proven. Those with a slow prover are as well. */
const PROVEN_SHARE = 1 / 4;
const PROVER = "prover";
const TOPICS: readonly Topic[] = ["block_proposal", "checkpoint_proposal", "checkpoint_attestation", "tx"];
/** Few, so that networks are deployed once and used often. */
const WINDOWS = [
  { windowSeconds: 0 },
  { windowSeconds: 24 },
  { windowSeconds: 24, crossEpoch: true },
  { windowSeconds: 72 },
] as const;
/** Honest clocks differ by less than what gossip forgives. */
const MAX_CLOCK_OFFSET_MS = 400;
const MAX_REORG_DEPTH = 2;
const GWEI = 1_000_000_000;

/** Draws a storm: a function of its seed. */
export function drawStorm(seed: string): Storm {
  const random = new RandomSource(seed).stream("storm");
  const base = makeSetup({
    seed,
    cast: ".",
    slots: STORM_SLOTS + CALM_SLOTS,
    terms: random.pick(WINDOWS),
    reorgBlocks: MAX_REORG_DEPTH,
    userEveryMs: 6_000,
    // Without a prover nothing is to be pruned before the end.
    proofSubmissionEpochs: 2,
    provers: random.chance(PROVEN_SHARE) ? { [PROVER]: { provingMs: 20_000 } } : {},
  });
  const faults = FAULT_KINDS.flatMap((kind) => {
    const { chance, most } = KINDS[kind];
    const count = random.chance(chance) ? 1 + random.below(most) : 0;
    return Array.from({ length: count }, () => drawFault(kind, base, random));
  });
  return { seed, calmSlot: STORM_SLOTS + 1, slots: STORM_SLOTS + CALM_SLOTS, base, faults };
}

/** The run that a storm is. @param traceLimit See `StageSetup` */
export function setUpStorm({ base, faults, slots }: Storm, traceLimit = base.traceLimit): StageSetup {
  const only = <Kind extends FaultKind>(kind: Kind) =>
    faults.filter((fault): fault is Extract<Fault, { kind: Kind }> => fault.kind === kind);
  const traits: Record<
    string,
    { buildsAhead?: boolean; clockOffsetMs?: number; downtimes?: NodeOptions["downtimes"] }
  > = {};
  for (const { node } of only("old node")) traits[node] = { ...traits[node], buildsAhead: false };
  for (const { node, offsetMs } of only("wrong clock")) traits[node] = { ...traits[node], clockOffsetMs: offsetMs };
  for (const { node, downtime } of only("crash")) {
    traits[node] = { ...traits[node], downtimes: [...(traits[node]?.downtimes ?? []), downtime] };
  }
  const slow = only("slow prover").at(-1);
  const rules = faults.flatMap((fault) => ("rule" in fault ? [fault.rule] : []));
  return makeSetup(base, {
    slots,
    traceLimit,
    gossip: { rules, partitions: only("partition").map(({ partition }) => partition) },
    l1: {
      missedAt: only("missed L1 block").map(({ ms }) => ms),
      reorgs: only("L1 reorg").map(({ reorg }) => reorg),
      censorship: only("censoring builder").map(({ censorship }) => censorship),
    },
    demand: { ...QUIET_DEMAND, spikes: only("fee spike").map(({ spike }) => spike) },
    nodes: traits,
    provers: slow === undefined ? base.provers : { [PROVER]: { provingMs: slow.provingMs } },
  });
}

function drawFault(kind: FaultKind, { slotSeconds, validators }: StageSetup, random: RandomStream): Fault {
  const slotMs = slotSeconds * 1000;
  const node = () => `v${random.below(validators)}`;
  const slot = () => 1 + random.below(STORM_SLOTS - 1);
  /** Slots of the storm, a few. */
  const slots = (): readonly [number, number] => {
    const from = slot();
    return [from, Math.min(from + random.below(3), STORM_SLOTS)];
  };
  /** The moment of a block of the storm. */
  const block = () => Math.ceil((slot() * slotMs + random.below(slotMs)) / L1_BLOCK_MS) * L1_BLOCK_MS;
  const someone = () => (random.chance(0.5) ? { authors: [node()] } : { receivers: [node()] });
  switch (kind) {
    case "withheld":
      return { kind, rule: { topics: [random.pick(TOPICS)], slots: slots(), ...someone(), effect: "withhold" } };
    case "delayed": {
      const effect = { delayMs: 1_000 + random.below(30_000) };
      return { kind, rule: { topics: [random.pick(TOPICS)], slots: slots(), ...someone(), effect } };
    }
    case "lost":
      return { kind, rule: { slots: slots(), chance: 0.05 + 0.4 * random.next(), effect: "withhold" } };
    case "partition": {
      const fromMs = slot() * slotMs;
      const group = [...new Set([node(), node(), node()])];
      return { kind, partition: { groups: [group, "others"], fromMs, toMs: fromMs + random.below(2 * slotMs) } };
    }
    case "missed L1 block":
      return { kind, ms: block() };
    case "L1 reorg": {
      const ms = block();
      const depth = 1 + random.below(MAX_REORG_DEPTH);
      const instead = random.chance(0.5)
        ? Array.from({ length: depth }, (_, index) => ms - (depth - index) * L1_BLOCK_MS)
        : [];
      return { kind, reorg: { ms, depth, instead } };
    }
    case "fee spike": {
      const from = block() / L1_BLOCK_MS;
      return { kind, spike: { from, to: from + 1 + random.below(12), marginalTip: random.below(10) * GWEI } };
    }
    case "censoring builder": {
      const fromMs = block();
      return { kind, censorship: { senders: [node()], fromMs, toMs: fromMs + random.below(slotMs) } };
    }
    case "crash": {
      const fromMs = slot() * slotMs + random.below(slotMs);
      return {
        kind,
        node: node(),
        downtime: { fromMs, toMs: Math.min(fromMs + random.below(3 * slotMs), (STORM_SLOTS + 1) * slotMs) },
      };
    }
    case "wrong clock":
      return { kind, node: node(), offsetMs: random.below(2 * MAX_CLOCK_OFFSET_MS + 1) - MAX_CLOCK_OFFSET_MS };
    case "old node":
      return { kind, node: node() };
    case "slow prover":
      return { kind, provingMs: random.below(8 * slotMs) };
  }
}
