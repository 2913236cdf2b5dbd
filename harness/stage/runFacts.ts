import type { DiscardReason, SendPurpose, Trigger } from "../actors/actorEvents.ts";
import type { CheckpointId, LateRecord, Settlement } from "../sim/ledger.ts";

/** Where in the trace something is. */
interface Placed {
  readonly place: number;
}

/** A checkpoint in L1's chain at the end of a run. */
export interface LandedFact extends Placed {
  readonly id: CheckpointId;
  readonly slot: number;
  readonly proposer: string;
  /** Which node sent it. */
  readonly sender: string;
  readonly late: LateRecord | undefined;
  /** Whom a late landing credits: a node, or an account that is no node's; undefined: nobody. */
  readonly credited: string | undefined;
  readonly blocks: number;
}

export interface DiscardFact extends Placed {
  readonly node: string;
  readonly checkpoint: CheckpointId;
  readonly slot: number;
  readonly reason: DiscardReason;
  readonly wasBroadcast: boolean;
  readonly blocks: number;
}

/** When and on what somebody began to build. */
export interface BeginFact extends Placed {
  readonly node: string;
  readonly checkpoint: CheckpointId;
  readonly slot: number;
  readonly parent: CheckpointId;
  readonly trigger: Trigger;
  /** Unlanded checkpoints that it makes, itself included. */
  readonly depth: number;
  readonly ms: number;
}

/** A transaction that L1 took and that did nothing. */
export interface RefusalFact extends Placed {
  readonly node: string;
  readonly txId: string;
  readonly purpose: SendPurpose;
  readonly error: string;
}

/** An epoch proof that L1 accepted, and where the money went. */
export interface ProofFact extends Placed {
  /** How many it proved, those that had been proven before included. */
  readonly checkpoints: number;
  readonly settlement: Settlement;
}

/** Blocks that users saw and that came to nothing, which is what a soft reorg is to them. */
export interface SoftReorgFact extends Placed {
  readonly checkpoint: CheckpointId;
  readonly slot: number;
  readonly blocks: number;
  readonly txs: readonly number[];
  /** A late landing of the slot before made them worthless: they had been built on something else. */
  readonly isDisplaced: boolean;
}

/** The counters of section 4.4 of the specification, over one run. */
export interface RunMetrics {
  readonly slots: number;
  /** Slots whose checkpoint is in the chain at the end. */
  readonly onTime: number;
  readonly late: number;
  readonly lost: number;
  /** Work that others had seen and that a late landing made worthless. */
  readonly displaced: number;
  readonly discards: number;
  readonly silentDiscards: number;
  readonly softReorgs: number;
  readonly softReorgedBlocks: number;
  /** Mean over the checkpoints in the chain but that of slot 1, which had no predecessor to build ahead on. */
  readonly blocksPerSlot: number;
  /** Seconds, on average, from the last moment at which a proposer builds to the first block of the next one; of the same checkpoints. */
  readonly deadZone: number;
  readonly depth: number;
  readonly triggers: Readonly<Record<Trigger, number>>;
  /** Who landed the checkpoints. */
  readonly landedBy: { readonly own: number; readonly next: number; readonly other: number };
  /** Users' transactions, and those of them in the chain. */
  readonly txs: { readonly submitted: number; readonly included: number };
  /** Transactions that L1 took and refused. */
  readonly refused: number;
  /** Of transactions with the same checkpoint. */
  readonly duplicates: {
    /** Beyond the first of each checkpoint that anybody sent, second tries included. */
    readonly sent: number;
    /** Those that L1 took when the checkpoint was in already, and the gas that they burned. */
    readonly mined: number;
    readonly gas: number;
  };
  readonly gasUsed: number;
  readonly gasWasted: number;
  /** Wei, blobs included. */
  readonly cost: number;
  readonly costWasted: number;
  /** Seconds from a user's submission to a block that another node has. */
  readonly latency: DurationSummary;
}

/** How long something took, in seconds. */
export interface DurationSummary {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Where the money of a run's proofs went, in fee token units (1e18). */
export interface MoneyTotals {
  readonly proofs: number;
  readonly sources: bigint;
  /** To coinbases and submitters. */
  readonly credited: bigint;
  readonly proverRewards: bigint;
  /** Congestion burn and what was forfeited. */
  readonly burned: bigint;
  readonly forfeited: bigint;
  /** Late landings that were settled. */
  readonly settledLate: number;
  /** Of late proposers' shares, what went to another who had landed it. Exact where checkpoints carry no fees: they earn the same then. */
  readonly cutsToOthers: bigint;
  /** Of late proposers' shares, what came back to them because they landed it themselves. */
  readonly cutsToThemselves: bigint;
}

/** What is counted of a run beside the metrics of the specification. */
export interface RunTotals {
  /** From a user's submission to the L1 block that landed it for good. */
  readonly landing: DurationSummary;
  /** Late landings that the proposer itself had sent, by the seconds after which they came. */
  readonly slippedAfter: Readonly<Record<number, number>>;
  /** Those that another had sent. */
  readonly rescuedAfter: Readonly<Record<number, number>>;
  readonly money: MoneyTotals;
  /** Checkpoints of the chain that are proven at the end. */
  readonly proven: number;
  /** By node: slots in which it had to propose, and those of them whose checkpoint is in the chain at the end. */
  readonly proposers: Readonly<Record<string, { readonly slots: number; readonly landed: number }>>;
}

/** What a run leaves behind beside its trace. Of a run whose trace is not kept whole, lists hold the newest slots only. */
export interface RunFacts {
  readonly landed: readonly LandedFact[];
  readonly discards: readonly DiscardFact[];
  readonly begins: readonly BeginFact[];
  readonly refusals: readonly RefusalFact[];
  readonly softReorgs: readonly SoftReorgFact[];
  readonly proofs: readonly ProofFact[];
  /** What `metrics.latency` sums up: how many transactions took how many seconds. */
  readonly latencies: readonly (readonly [seconds: number, times: number])[];
  readonly metrics: RunMetrics;
  readonly totals: RunTotals;
}
