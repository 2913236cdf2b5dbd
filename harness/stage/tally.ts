import type { ActorEvent, DiscardReason, SendPurpose, Trigger } from "../actors/actorEvents.ts";
import type { CheckpointContent } from "../actors/content.ts";
import { costOf, type L1Block } from "../sim/l1.ts";
import type { CheckpointId, LandedCheckpoint, LateRecord, Settlement } from "../sim/ledger.ts";

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

/** A user's transaction that another node has in a block. */
export interface LatencyFact {
  /** When it was submitted. */
  readonly ms: number;
  readonly seconds: number;
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
  readonly latency: {
    readonly count: number;
    readonly min: number;
    readonly mean: number;
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
}

/** What a run leaves behind beside its trace. */
export interface RunFacts {
  readonly landed: readonly LandedFact[];
  readonly discards: readonly DiscardFact[];
  readonly begins: readonly BeginFact[];
  readonly refusals: readonly RefusalFact[];
  readonly softReorgs: readonly SoftReorgFact[];
  readonly proofs: readonly ProofFact[];
  readonly latencies: readonly LatencyFact[];
  readonly metrics: RunMetrics;
}

/** Counts what happens in a run, from outside. */
export class Tally {
  readonly #place: () => number;
  readonly #now: () => number;
  readonly #contents: ReadonlyMap<CheckpointId, CheckpointContent>;
  readonly #lastBlockMs: number;
  readonly #slotMs: number;
  readonly #begins: BeginFact[] = [];
  readonly #discards: DiscardFact[] = [];
  readonly #refusals: RefusalFact[] = [];
  readonly #proofs: ProofFact[] = [];
  readonly #sent = new Map<string, { readonly node: string; readonly purpose: SendPurpose }>();
  readonly #late = new Map<string, LateRecord>();
  readonly #places = new Map<string, number>();
  /** Blocks that everybody has heard of, by checkpoint. */
  readonly #broadcast = new Map<CheckpointId, { blocks: number; readonly txs: number[] }>();
  readonly #submitted = new Map<number, number>();
  readonly #latencies: LatencyFact[] = [];
  #head: L1Block | undefined;
  #depth = 0;
  #users = 0;
  #gas = { used: 0, wasted: 0, cost: 0, costWasted: 0 };
  /** Checkpoints that somebody has sent. */
  readonly #proposed = new Set<CheckpointId>();
  #duplicates = { sent: 0, mined: 0, gas: 0 };

  constructor(options: {
    readonly place: () => number;
    readonly now: () => number;
    readonly contents: ReadonlyMap<CheckpointId, CheckpointContent>;
    /** Into its slot, when a proposer's last block is due. */
    readonly lastBlockMs: number;
    readonly slotMs: number;
  }) {
    this.#place = options.place;
    this.#now = options.now;
    this.#contents = options.contents;
    this.#lastBlockMs = options.lastBlockMs;
    this.#slotMs = options.slotMs;
  }

  onSubmitted(tx: number): void {
    this.#users++;
    this.#submitted.set(tx, this.#now());
  }

  onActor(event: ActorEvent): void {
    const place = this.#place();
    switch (event.kind) {
      case "begun": {
        const { node, checkpoint, slot, parent, trigger, depth } = event;
        this.#begins.push({ node, checkpoint, slot, parent, trigger, depth, ms: this.#now(), place });
        this.#depth = Math.max(this.#depth, depth);
        break;
      }
      case "block-broadcast": {
        const { checkpoint, txs } = event.block;
        const seen = this.#broadcast.get(checkpoint) ?? { blocks: 0, txs: [] };
        seen.blocks++;
        seen.txs.push(...txs);
        this.#broadcast.set(checkpoint, seen);
        break;
      }
      case "discarded": {
        const { node, checkpoint, slot, reason, wasBroadcast, blocks } = event;
        this.#discards.push({ node, checkpoint, slot, reason, wasBroadcast, blocks, place });
        break;
      }
      case "sent":
        this.#sent.set(event.txId, { node: event.node, purpose: event.purpose });
        if (event.action === undefined) break;
        if (this.#proposed.has(event.action.checkpoint)) this.#duplicates.sent++;
        this.#proposed.add(event.action.checkpoint);
        break;
      case "visible":
        for (const tx of event.block.txs) {
          const submitted = this.#submitted.get(tx);
          if (submitted === undefined) continue;
          this.#submitted.delete(tx);
          this.#latencies.push({ ms: submitted, seconds: (this.#now() - submitted) / 1000 });
        }
        break;
      default:
        break;
    }
  }

  onBlock(block: L1Block): void {
    this.#head = block;
    for (const included of block.included) {
      const { submission, outcome } = included;
      const { id, action } = submission.transaction;
      const cost = costOf(included, block);
      const isWasted = outcome.status !== "success";
      this.#places.set(id, this.#place());
      this.#gas.used += outcome.gasUsed;
      this.#gas.cost += cost;
      if (outcome.late !== undefined) this.#late.set(id, outcome.late);
      const { settlement } = outcome;
      if (settlement !== undefined && action.kind === "prove") {
        this.#proofs.push({ checkpoints: action.checkpoints.length, settlement, place: this.#place() });
      }
      if (!isWasted) continue;
      this.#gas.wasted += outcome.gasUsed;
      this.#gas.costWasted += cost;
      if (action.kind === "propose" && this.#isIn(block.rollup.tip, action.checkpoint)) {
        this.#duplicates.mined++;
        this.#duplicates.gas += outcome.gasUsed;
      }
      const { node, purpose } = this.#sent.get(id) ?? {
        node: submission.transaction.sender,
        purpose: "other" as const,
      };
      this.#refusals.push({ node, txId: id, purpose, error: outcome.error ?? "", place: this.#place() });
    }
  }

  /** Whether a checkpoint is in the chain: looked for from the tip down to its slot. */
  #isIn(tip: LandedCheckpoint | undefined, id: CheckpointId): boolean {
    const slot = this.#contents.get(id)?.slot ?? 0;
    for (let at = tip; at !== undefined && at.slot >= slot; at = at.parent) if (at.id === id) return true;
    return false;
  }

  /**
   * @param slots In how many slots somebody had to propose
   * @param nameOf A validator's node
   * @param ownerOf An account's node, or the account
   */
  conclude(slots: number, nameOf: (validator: number) => string, ownerOf: (account: string) => string): RunFacts {
    const landed = this.#landedFacts(nameOf, ownerOf);
    const ids = new Set(landed.map(({ id }) => id));
    const softReorgs = [...this.#broadcast]
      .filter(([id]) => !ids.has(id))
      .map(([checkpoint, { blocks, txs }]) => {
        const begin = this.#begins.find((begun) => begun.checkpoint === checkpoint);
        const slot = begin?.slot ?? 0;
        // Built in the slot after a late one, on something else than it, and out before it landed.
        const isDisplaced = landed.some(
          (fact) => fact.late !== undefined && fact.slot === slot - 1 && fact.id !== begin?.parent,
        );
        return { checkpoint, slot, blocks, txs, isDisplaced, place: begin?.place ?? 0 };
      });
    return {
      landed,
      discards: this.#discards,
      begins: this.#begins,
      refusals: this.#refusals,
      softReorgs,
      proofs: this.#proofs,
      latencies: this.#latencies,
      metrics: this.#measure(slots, landed, softReorgs),
    };
  }

  #landedFacts(nameOf: (validator: number) => string, ownerOf: (account: string) => string): readonly LandedFact[] {
    const facts: LandedFact[] = [];
    for (let at: LandedCheckpoint | undefined = this.#head?.rollup.tip; at !== undefined; at = at.parent) {
      const { id, slot, txId } = at;
      const content = this.#contents.get(id);
      const late = at.isLate ? this.#late.get(txId) : undefined;
      facts.push({
        id,
        slot,
        proposer: content === undefined ? "" : nameOf(content.proposer),
        sender: this.#sent.get(txId)?.node ?? "",
        late,
        credited: late?.submitter === undefined ? undefined : ownerOf(late.submitter),
        blocks: content?.blocks.length ?? 0,
        place: this.#places.get(txId) ?? 0,
      });
    }
    return facts.reverse();
  }

  #measure(slots: number, landed: readonly LandedFact[], softReorgs: readonly SoftReorgFact[]): RunMetrics {
    const inRange = landed.filter(({ slot }) => slot >= 1 && slot <= slots);
    const late = inRange.filter(({ late: record }) => record !== undefined);
    const pipelined = inRange.filter(({ slot }) => slot > 1);
    const ids = new Set(pipelined.map(({ id }) => id));
    const gaps = this.#begins
      .filter(({ checkpoint }) => ids.has(checkpoint))
      .map(({ slot, ms }) => (ms - (slot - 1) * this.#slotMs - this.#lastBlockMs) / 1000);
    const triggers = { "checkpoint-proposal": 0, "same-proposer": 0, fallback: 0, timeout: 0, "confirmed-tip": 0 };
    for (const { trigger } of this.#begins) triggers[trigger]++;
    const proposerOf = new Map(this.#begins.map(({ slot, node }) => [slot, node]));
    const landedBy = { own: 0, next: 0, other: 0 };
    for (const { slot, sender, proposer } of inRange) {
      if (sender === proposer) landedBy.own++;
      else if (sender === proposerOf.get(slot + 1)) landedBy.next++;
      else landedBy.other++;
    }
    const silent = this.#discards.filter(({ wasBroadcast, blocks: count }) => !wasBroadcast && count > 0);
    return {
      slots,
      onTime: inRange.length - late.length,
      late: late.length,
      lost: slots - inRange.length,
      displaced: softReorgs.filter(({ isDisplaced }) => isDisplaced).length,
      discards: this.#discards.length,
      silentDiscards: silent.length,
      softReorgs: softReorgs.length,
      softReorgedBlocks: softReorgs.reduce((sum, reorg) => sum + reorg.blocks, 0),
      blocksPerSlot: round(mean(pipelined.map(({ blocks }) => blocks))),
      deadZone: round(mean(gaps)),
      depth: this.#depth,
      triggers,
      landedBy,
      txs: { submitted: this.#users, included: this.#countIncluded(inRange) },
      refused: this.#refusals.length,
      duplicates: this.#duplicates,
      gasUsed: this.#gas.used,
      gasWasted: this.#gas.wasted,
      cost: this.#gas.cost,
      costWasted: this.#gas.costWasted,
      latency: summarise(this.#latencies.map(({ seconds }) => seconds)),
    };
  }

  #countIncluded(landed: readonly LandedFact[]): number {
    const blocks = landed.flatMap(({ id }) => this.#contents.get(id)?.blocks ?? []);
    return new Set(blocks.flatMap(({ txs }) => txs)).size;
  }
}

function summarise(values: readonly number[]): RunMetrics["latency"] {
  if (values.length === 0) return { count: 0, min: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
  const sorted = [...values].sort((one, other) => one - other);
  const at = (part: number) => sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] as number;
  return {
    count: sorted.length,
    min: round(at(0)),
    mean: round(mean(sorted)),
    p50: round(at(0.5)),
    p95: round(at(0.95)),
    p99: round(at(0.99)),
    max: round(at(1)),
  };
}

/** 0 of nothing. */
function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** To a thousandth: what is written down should not end in noise. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
