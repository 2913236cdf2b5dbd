import { L1_BLOCK_MS } from "./calendar.ts";
import { drawDelay, type DelayDistribution } from "./delay.ts";
import type { BlockDemand, DemandSource } from "./demand.ts";
import { blobBaseFeeOf, GAS_PER_BLOB, nextBaseFee, nextExcessBlobGas, type BlobSchedule } from "./feeMarket.ts";
import { EMPTY_ROLLUP, type Ledger, type LedgerTransaction, type Outcome, type RollupState } from "./ledger.ts";
import type { RandomStream } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

/** A transaction on its way to a builder. Fees in wei per gas. */
export interface Submission {
  readonly transaction: LedgerTransaction;
  readonly maxFee: number;
  readonly maxBlobFee: number;
  readonly blobs: number;
}

/** What became of a submission in a block. */
export interface Included {
  readonly submission: Submission;
  readonly outcome: Outcome;
}

/** An L1 block as a node sees it. */
export interface L1Block {
  /** Grows with every block that was made; of two blocks the newer one is in the chain. */
  readonly sequence: number;
  readonly height: number;
  /** Its timestamp. */
  readonly ms: number;
  readonly parent: L1Block | undefined;
  readonly baseFee: number;
  readonly blobBaseFee: number;
  /** EIP-4844's, after the block. */
  readonly excessBlobGas: number;
  /** Others' and ours. */
  readonly gasUsed: number;
  readonly included: readonly Included[];
  readonly rollup: RollupState;
}

/** L1 takes blocks back at a moment, before its next block. */
export interface PlannedReorg {
  /** A block's moment. */
  readonly ms: number;
  /** Blocks that are taken back. */
  readonly depth: number;
  /** Moments of the blocks that stand there instead, ascending; none: what is taken back is only missing. */
  readonly instead: readonly number[];
}

/** A builder that leaves transactions out. */
export interface Censorship {
  /** Accounts; left out: everybody's. */
  readonly senders?: readonly string[];
  /** Of blocks, both included. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** What L1 is like. Plain data but for the demand: a run can be told by it. */
export interface L1Weather {
  /** From a node to whoever builds the next block. */
  readonly propagation: DelayDistribution;
  /** From a block's timestamp until a node has it. */
  readonly sight: DelayDistribution;
  /** How long after its timestamp a block's builder still takes what arrives. */
  readonly builderDeadline: DelayDistribution;
  /** Probability that a block is missed. */
  readonly missed: number;
  /** Moments of blocks that are missed in any case. */
  readonly missedAt: readonly number[];
  /** Probability, before each block, that L1 takes the newest one back. */
  readonly reorg: number;
  readonly reorgs: readonly PlannedReorg[];
  readonly censorship: readonly Censorship[];
  readonly gasLimit: number;
  readonly blobSchedule: BlobSchedule;
  /** Wei per gas of the first block. */
  readonly baseFee: number;
}

interface Waiting extends Submission {
  readonly arrivesMs: number;
}

/** Keeps its blocks and what is in them for so long: as deep as anybody looks back. */
const KEPT_BLOCKS = 64;

/** What stands in the trace's column of L1. */
export const L1_COLUMN = "L1";

/**
 * L1 as the actors meet it: a block every twelve seconds with what its builder chose, seen by each node a little later. What the
 * transactions do is the ledger's to say.
 */
export class SimulatedL1 {
  readonly #scheduler: Scheduler;
  readonly #ledger: Ledger;
  readonly #weather: L1Weather;
  readonly #demand: DemandSource;
  readonly #random: { readonly propagation: RandomStream; readonly sight: RandomStream; readonly blocks: RandomStream };
  readonly #trace: Trace;
  readonly #listeners: { readonly see: (block: L1Block) => void }[] = [];
  #waiting: Waiting[] = [];
  #blocks: L1Block[] = [];
  #made = 0;
  /** Called with each block at its own second, before any node has it: for whoever watches the run itself. */
  onBlock: ((block: L1Block, undone: readonly L1Block[]) => void | Promise<void>) | undefined;

  constructor(options: {
    readonly scheduler: Scheduler;
    readonly ledger: Ledger;
    readonly weather: L1Weather;
    readonly demand: DemandSource;
    readonly random: {
      readonly propagation: RandomStream;
      readonly sight: RandomStream;
      readonly blocks: RandomStream;
    };
    readonly trace: Trace;
  }) {
    this.#scheduler = options.scheduler;
    this.#ledger = options.ledger;
    this.#weather = options.weather;
    this.#demand = options.demand;
    this.#random = options.random;
    this.#trace = options.trace;
  }

  /** The newest block; undefined before the first. */
  get head(): L1Block | undefined {
    return this.#blocks.at(-1);
  }

  /** Transactions that wait for a block, as the public mempool shows them. */
  get waiting(): readonly Submission[] {
    return this.#waiting;
  }

  /** Lets a node see blocks, each with a delay of its own. */
  subscribe(see: (block: L1Block) => void): void {
    this.#listeners.push({ see });
  }

  /** Sends a transaction. A builder has it after the propagation delay. */
  submit(submission: Submission): void {
    const arrivesMs = this.#scheduler.now + drawDelay(this.#weather.propagation, this.#random.propagation);
    this.#waiting.push({ ...submission, arrivesMs });
  }

  /** Takes back a transaction, if it waits: its sender has replaced it by nothing. @returns Whether it did. */
  withdraw(id: string): boolean {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter(({ transaction }) => transaction.id !== id);
    return this.#waiting.length < before;
  }

  /** Begins to make blocks, the first one at `ms`. */
  start(ms: number): void {
    const made = ms + drawDelay(this.#weather.builderDeadline, this.#random.blocks);
    this.#scheduler.at(made, async () => {
      await this.#turn(ms, made);
      this.start(ms + L1_BLOCK_MS);
    });
  }

  async #turn(ms: number, now: number): Promise<void> {
    const { missed, missedAt } = this.#weather;
    const undone = await this.#reorganise(ms);
    const isMissed = this.#random.blocks.chance(missed) || missedAt.includes(ms);
    if (isMissed) this.#trace.note(ms, L1_COLUMN, "missed");
    else await this.#makeBlock(ms, undone, now);
  }

  async #reorganise(ms: number): Promise<readonly L1Block[]> {
    const planned = this.#weather.reorgs.find((reorg) => reorg.ms === ms);
    const isDrawn = this.#random.blocks.chance(this.#weather.reorg);
    const depth = planned?.depth ?? (isDrawn ? 1 : 0);
    const undone = depth === 0 ? [] : this.#blocks.splice(-depth);
    if (undone.length === 0) return [];
    const executed = undone.filter(({ included }) => included.length > 0);
    if (executed.length > 0) await this.#ledger.rollBack(executed.length);
    const back = executed.flatMap(({ included }) =>
      included.map(({ submission }) => ({ ...submission, arrivesMs: ms })),
    );
    this.#waiting = [...back, ...this.#waiting];
    this.#trace.note(ms, L1_COLUMN, () => `reorg: ${undone.length} blocks taken back`);
    for (const other of planned?.instead ?? []) await this.#makeBlock(other, undone, ms);
    return undone;
  }

  /** @param now When it is made, if that is later than it says */
  async #makeBlock(ms: number, undone: readonly L1Block[], now: number): Promise<void> {
    const parent = this.head;
    const height = (parent?.height ?? -1) + 1;
    const demand = this.#demand(height);
    const baseFee = demand.baseFee ?? this.#baseFeeAfter(parent);
    const { blobSchedule, gasLimit } = this.#weather;
    const excess = parent?.excessBlobGas ?? 0;
    const blobBaseFee = demand.blobBaseFee ?? blobBaseFeeOf(excess, blobSchedule);
    const chosen = this.#choose(ms, now, baseFee, blobBaseFee, demand);
    const executed =
      chosen.length === 0
        ? { outcomes: [], rollup: parent?.rollup ?? EMPTY_ROLLUP }
        : await this.#ledger.execute({ ms, baseFee, transactions: chosen.map(({ transaction }) => transaction) });
    const included = chosen.map((submission, index) => ({
      submission,
      outcome: executed.outcomes[index] as Outcome,
    }));
    const gas = included.reduce((sum, { outcome }) => sum + outcome.gasUsed, demand.gasUsed);
    const blobs = chosen.reduce((sum, submission) => sum + submission.blobs, demand.blobsUsed);
    const block: L1Block = {
      sequence: this.#made++,
      height,
      ms,
      parent,
      baseFee,
      blobBaseFee,
      excessBlobGas: nextExcessBlobGas(excess, Math.min(blobs, blobSchedule.max), baseFee, blobSchedule),
      gasUsed: Math.min(gas, gasLimit),
      included,
      rollup: executed.rollup,
    };
    this.#keep(block);
    this.#traceBlock(block);
    await this.onBlock?.(block, undone);
    for (const { see } of this.#listeners) {
      const delay = drawDelay(this.#weather.sight, this.#random.sight);
      this.#scheduler.at(Math.max(now, ms) + delay, () => {
        see(block);
      });
    }
  }

  #baseFeeAfter(parent: L1Block | undefined): number {
    const { baseFee, gasLimit } = this.#weather;
    return parent === undefined ? baseFee : nextBaseFee(parent.baseFee, parent.gasUsed, gasLimit);
  }

  /** The waiting transactions that a builder takes, best payer first. They wait no longer. */
  #choose(ms: number, now: number, baseFee: number, blobBaseFee: number, demand: BlockDemand): readonly Submission[] {
    if (this.#waiting.length === 0) return [];
    const { gasLimit, blobSchedule } = this.#weather;
    const tipOf = ({ transaction, maxFee }: Submission) => Math.min(transaction.priorityFee, maxFee - baseFee);
    const candidates = this.#waiting
      .filter(
        ({ arrivesMs, maxFee, maxBlobFee, blobs, transaction }) =>
          arrivesMs <= now &&
          maxFee >= baseFee &&
          (blobs === 0 || maxBlobFee >= blobBaseFee) &&
          !this.#isCensored(transaction.sender, ms),
      )
      .sort((one, other) => tipOf(other) - tipOf(one) || one.arrivesMs - other.arrivesMs);
    const chosen: Waiting[] = [];
    let [gas, blobs] = [0, 0];
    for (const candidate of candidates) {
      gas += candidate.transaction.gasLimit;
      blobs += candidate.blobs;
      // Among themselves they share what a block holds; others give way to who pays more than they do.
      const othersFit = demand.gasUsed + gas <= gasLimit && demand.blobsUsed + blobs <= blobSchedule.max;
      const fits = gas <= gasLimit && blobs <= blobSchedule.max;
      if (fits && (othersFit || tipOf(candidate) > demand.marginalTip)) {
        chosen.push(candidate);
      } else {
        gas -= candidate.transaction.gasLimit;
        blobs -= candidate.blobs;
      }
    }
    const taken = new Set(chosen);
    this.#waiting = this.#waiting.filter((candidate) => !taken.has(candidate));
    return chosen;
  }

  #isCensored(sender: string, ms: number): boolean {
    return this.#weather.censorship.some(
      ({ senders, fromMs, toMs }) => fromMs <= ms && ms <= toMs && (senders?.includes(sender) ?? true),
    );
  }

  #keep(block: L1Block): void {
    this.#blocks.push(block);
    if (this.#blocks.length <= 2 * KEPT_BLOCKS) return;
    this.#blocks = this.#blocks.slice(-KEPT_BLOCKS);
    // What hangs from the oldest one is let go, or a long run would keep all of it.
    Object.assign(this.#blocks[0] as L1Block, { parent: undefined });
  }

  #traceBlock({ ms, height, included }: L1Block): void {
    if (included.length === 0) return;
    this.#trace.note(ms, L1_COLUMN, () => {
      const what = included.map(({ submission, outcome }) => {
        const end = outcome.status === "success" ? "" : ` ${outcome.status} ${outcome.error ?? ""}`;
        const late = outcome.late === undefined ? "" : ` late +${outcome.late.delay}s`;
        return `${submission.transaction.id}${late}${end}`.trimEnd();
      });
      return `block ${height}: ${what.join(", ")}`;
    });
  }
}

/** Wei that a transaction cost its sender, blobs included. */
export function costOf({ submission, outcome }: Included, { baseFee, blobBaseFee }: L1Block): number {
  const { transaction, maxFee, blobs } = submission;
  const perGas = Math.min(maxFee, baseFee + transaction.priorityFee);
  return outcome.gasUsed * perGas + blobs * GAS_PER_BLOB * blobBaseFee;
}
