import type { ActorEvent, SendPurpose, Trigger } from "../actors/actorEvents.ts";
import type { CheckpointContent } from "../actors/content.ts";
import { splitAfter } from "../protocol/split.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import { WHOLE_BPS } from "../protocol/units.ts";
import { costOf, type L1Block } from "../sim/l1.ts";
import type { CheckpointId, LandedCheckpoint, LateRecord, Settlement } from "../sim/ledger.ts";
import { Durations, roundTo3 } from "./durations.ts";
import { LandedChain } from "./landedChain.ts";
import type {
  BeginFact,
  DiscardFact,
  LandedFact,
  ProofFact,
  RefusalFact,
  RunFacts,
  RunMetrics,
  RunTotals,
  SoftReorgFact,
} from "./runFacts.ts";

interface TallyOptions {
  readonly place: () => number;
  readonly now: () => number;
  readonly contents: ReadonlyMap<CheckpointId, CheckpointContent>;
  /** Into its slot, when a proposer's last block is due. */
  readonly lastBlockMs: number;
  readonly slotMs: number;
  /** In how many slots somebody has to propose. */
  readonly slots: number;
  readonly terms: LateSubmissionTerms;
  /** A validator's node. */
  readonly nameOf: (validator: number) => string;
  /** An account's node, or the account. */
  readonly ownerOf: (account: string) => string;
}

/** A transaction that L1 has taken. */
interface Mined {
  readonly place: number;
  readonly ms: number;
  readonly late: LateRecord | undefined;
}

type Counts = { -readonly [Key in keyof Pick<RunMetrics, "late" | "displaced" | "softReorgs">]: number };

/**
 * Counts what happens in a run, from outside. What can no longer change is added up and let go of, so that a long run needs no more memory
 * than a short one.
 */
export class Tally {
  readonly #options: TallyOptions;
  #begins: BeginFact[] = [];
  #discards: DiscardFact[] = [];
  #refusals: RefusalFact[] = [];
  #proofs: ProofFact[] = [];
  readonly #sent = new Map<string, { readonly node: string; readonly purpose: SendPurpose; readonly ms: number }>();
  readonly #mined = new Map<string, Mined>();
  readonly #chain = new LandedChain();
  readonly #landed = new Map<LandedCheckpoint, LandedFact>();
  /** Blocks that everybody has heard of, by checkpoint. */
  readonly #broadcast = new Map<CheckpointId, { blocks: number; readonly txs: number[] }>();
  /** Users' transactions that have not landed for good: when they were submitted, and whether another node has seen them in a block. */
  readonly #users = new Map<number, { readonly ms: number; isVisible: boolean }>();
  readonly #latencies = new Durations();
  readonly #landings = new Durations();
  /** Checkpoints that somebody has sent, and their slots. */
  readonly #proposed = new Map<CheckpointId, number>();
  readonly #duplicates = { sent: 0, mined: 0, gas: 0 };

  // ---- added up ----
  #proven = 0;
  #depth = 0;
  #submitted = 0;
  #included = 0;
  #landedCount = 0;
  #pipelined = { checkpoints: 0, blocks: 0, begins: 0, gap: 0 };
  #softReorgedBlocks = 0;
  #silentDiscards = 0;
  #discardCount = 0;
  #refused = 0;
  readonly #counts: Counts = { late: 0, displaced: 0, softReorgs: 0 };
  readonly #landedBy = { own: 0, next: 0, other: 0 };
  readonly #triggers: Record<Trigger, number> = {
    "checkpoint-proposal": 0,
    "same-proposer": 0,
    fallback: 0,
    timeout: 0,
    "confirmed-tip": 0,
  };
  readonly #gas = { used: 0, wasted: 0, cost: 0, costWasted: 0 };
  readonly #slippedAfter: Record<number, number> = {};
  readonly #rescuedAfter: Record<number, number> = {};
  readonly #proposers: Record<string, { slots: number; landed: number }> = {};
  readonly #money = {
    proofs: 0,
    sources: 0n,
    credited: 0n,
    proverRewards: 0n,
    burned: 0n,
    forfeited: 0n,
    settledLate: 0,
    cutsToOthers: 0n,
    cutsToThemselves: 0n,
  };

  constructor(options: TallyOptions) {
    this.#options = options;
  }

  /** A slot is coming up. @param proposer Its node */
  onSlot(proposer: string): void {
    const counted = this.#proposers[proposer] ?? { slots: 0, landed: 0 };
    counted.slots++;
    this.#proposers[proposer] = counted;
  }

  onSubmitted(tx: number): void {
    this.#submitted++;
    this.#users.set(tx, { ms: this.#options.now(), isVisible: false });
  }

  onActor(event: ActorEvent): void {
    const place = this.#options.place();
    const ms = this.#options.now();
    switch (event.kind) {
      case "begun": {
        const { node, checkpoint, slot, parent, trigger, depth } = event;
        this.#begins.push({ node, checkpoint, slot, parent, trigger, depth, ms, place });
        this.#triggers[trigger]++;
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
        this.#discardCount++;
        if (!wasBroadcast && blocks > 0) this.#silentDiscards++;
        break;
      }
      case "sent":
        this.#sent.set(event.txId, { node: event.node, purpose: event.purpose, ms });
        if (event.action === undefined) break;
        if (this.#proposed.has(event.action.checkpoint)) this.#duplicates.sent++;
        this.#proposed.set(event.action.checkpoint, event.slot);
        break;
      case "visible":
        for (const tx of event.block.txs) {
          const user = this.#users.get(tx);
          if (user === undefined || user.isVisible) continue;
          user.isVisible = true;
          this.#latencies.add(ms - user.ms);
        }
        break;
      default:
        break;
    }
  }

  onBlock(block: L1Block): void {
    const place = this.#options.place();
    for (const included of block.included) {
      const { submission, outcome } = included;
      const { id, action } = submission.transaction;
      const cost = costOf(included, block);
      const isWasted = outcome.status !== "success";
      this.#mined.set(id, { place, ms: block.ms, late: outcome.late });
      this.#gas.used += outcome.gasUsed;
      this.#gas.cost += cost;
      const { settlement } = outcome;
      if (settlement !== undefined && action.kind === "prove") {
        this.#proofs.push({ checkpoints: action.checkpoints.length, settlement, place });
        this.#settle(settlement);
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
      this.#refusals.push({ node, txId: id, purpose, error: outcome.error ?? "", place });
      this.#refused++;
    }
    this.#proven = block.rollup.proven;
    const { added, removed } = this.#chain.follow(block.rollup.tip);
    for (const landed of removed) this.#landed.delete(landed);
    for (const landed of added) this.#landed.set(landed, this.#describe(landed));
  }

  /** Whether a checkpoint is in the chain: looked for from the tip down to its slot. */
  #isIn(tip: LandedCheckpoint | undefined, id: CheckpointId): boolean {
    const slot = this.#options.contents.get(id)?.slot ?? 0;
    for (let at = tip; at !== undefined && at.slot >= slot; at = at.parent) if (at.id === id) return true;
    return false;
  }

  /** Adds up what lies before a slot, and lets go of it: nothing of it can change any more. */
  forgetBefore(slot: number): void {
    this.#addUp(slot);
    const oldestMs = (slot - 1) * this.#options.slotMs;
    for (const [id, { ms }] of this.#mined) if (ms < oldestMs) this.#mined.delete(id);
    for (const [id, { ms }] of this.#sent) if (ms < oldestMs) this.#sent.delete(id);
    this.#discards = this.#discards.filter((discard) => discard.slot >= slot);
    for (const [id, of] of this.#proposed) if (of < slot) this.#proposed.delete(id);
    const oldestPlace = this.#refusals.length - KEPT_REFUSALS;
    if (oldestPlace > 0) this.#refusals = this.#refusals.slice(oldestPlace);
    this.#proofs = this.#proofs.slice(-KEPT_PROOFS);
  }

  conclude(): RunFacts {
    const lists = {
      landed: this.#chain.entries.map((landed) => this.#landed.get(landed) as LandedFact),
      discards: this.#discards,
      begins: this.#begins,
      refusals: this.#refusals,
      softReorgs: this.#softReorgs(Number.POSITIVE_INFINITY),
      proofs: this.#proofs,
      latencies: this.#latencies.counts,
    };
    this.#addUp(Number.POSITIVE_INFINITY);
    return { ...lists, metrics: this.#measure(), totals: this.#total() };
  }

  #describe({ id, slot, txId, isLate }: LandedCheckpoint): LandedFact {
    const { contents, nameOf, ownerOf } = this.#options;
    const content = contents.get(id);
    const mined = this.#mined.get(txId);
    const late = isLate ? mined?.late : undefined;
    return {
      id,
      slot,
      proposer: content === undefined ? "" : nameOf(content.proposer),
      sender: this.#sent.get(txId)?.node ?? "",
      late,
      credited: late?.submitter === undefined ? undefined : ownerOf(late.submitter),
      blocks: content?.blocks.length ?? 0,
      place: mined?.place ?? 0,
    };
  }

  /** What users saw of slots before this one, and what came to nothing. */
  #softReorgs(before: number): readonly SoftReorgFact[] {
    const landed = new Set(this.#chain.entries.map(({ id }) => id));
    const lateAt = new Map([...this.#landed.values()].flatMap(({ late, slot, id }) => (late ? [[slot, id]] : [])));
    const begins = new Map<CheckpointId, BeginFact>();
    for (const begin of this.#begins) if (!begins.has(begin.checkpoint)) begins.set(begin.checkpoint, begin);
    const facts: SoftReorgFact[] = [];
    for (const [checkpoint, { blocks, txs }] of this.#broadcast) {
      const begin = begins.get(checkpoint);
      const slot = begin?.slot ?? 0;
      if (slot >= before || landed.has(checkpoint)) continue;
      // Built in the slot after a late one, on something else than it, and out before it landed.
      const late = lateAt.get(slot - 1);
      const isDisplaced = late !== undefined && late !== begin?.parent;
      facts.push({ checkpoint, slot, blocks, txs, isDisplaced, place: begin?.place ?? 0 });
    }
    return facts;
  }

  /** Soft reorgs before a slot, and landings before the one before it: the next soft reorg may be due to the last of them. */
  #addUp(slot: number): void {
    for (const { blocks, isDisplaced } of this.#softReorgs(slot)) {
      this.#counts.softReorgs++;
      this.#softReorgedBlocks += blocks;
      if (isDisplaced) this.#counts.displaced++;
    }
    const begunBefore = (before: number) => this.#begins.filter((begin) => begin.slot < before);
    for (const { checkpoint } of begunBefore(slot)) this.#broadcast.delete(checkpoint);
    const proposerOf = new Map(this.#begins.map((begin) => [begin.slot, begin.node]));
    const counted = new Set<CheckpointId>();
    for (const landed of this.#chain.forgetBefore(slot - 1)) {
      const fact = this.#landed.get(landed) as LandedFact;
      this.#landed.delete(landed);
      if (fact.slot < 1 || fact.slot > this.#options.slots) continue;
      counted.add(fact.id);
      this.#count(fact, proposerOf.get(fact.slot + 1));
      this.#countUsers(landed);
    }
    for (const { checkpoint, slot: of, ms } of begunBefore(slot - 1)) {
      if (of <= 1 || !counted.has(checkpoint)) continue;
      this.#pipelined.begins++;
      this.#pipelined.gap += (ms - (of - 1) * this.#options.slotMs - this.#options.lastBlockMs) / 1000;
    }
    this.#begins = this.#begins.filter((begin) => begin.slot >= slot - 1);
  }

  #count({ slot, sender, proposer, late, blocks }: LandedFact, next: string | undefined): void {
    this.#landedCount++;
    const counted = this.#proposers[proposer];
    if (counted !== undefined) counted.landed++;
    if (late !== undefined) {
      this.#counts.late++;
      const after = sender === proposer ? this.#slippedAfter : this.#rescuedAfter;
      after[late.delay] = (after[late.delay] ?? 0) + 1;
    }
    if (slot > 1) {
      this.#pipelined.checkpoints++;
      this.#pipelined.blocks += blocks;
    }
    if (sender === proposer) this.#landedBy.own++;
    else if (sender === next) this.#landedBy.next++;
    else this.#landedBy.other++;
  }

  #countUsers({ id, txId }: LandedCheckpoint): void {
    const blocks = this.#options.contents.get(id)?.blocks ?? [];
    const landedMs = this.#mined.get(txId)?.ms;
    for (const tx of new Set(blocks.flatMap(({ txs }) => txs))) {
      this.#included++;
      const user = this.#users.get(tx);
      if (user === undefined || landedMs === undefined) continue;
      this.#landings.add(landedMs - user.ms);
      this.#users.delete(tx);
    }
  }

  #settle({ sources, credits, proverRewards, burned, forfeited, settledSlots }: Settlement): void {
    const money = this.#money;
    money.proofs++;
    money.sources += sources;
    money.credited += Object.values(credits).reduce((sum, amount) => sum + amount, 0n);
    money.proverRewards += proverRewards;
    money.burned += burned;
    money.forfeited += forfeited;
    money.settledLate += settledSlots.length;
    const slots = new Set(settledSlots);
    const settled = [...this.#landed.values()].filter(({ slot }) => slots.has(slot));
    const parts = settled.flatMap(({ late, proposer, credited }) => {
      if (late === undefined) return [];
      const { submitterBps, burnBps } = splitAfter(this.#options.terms, BigInt(late.delay));
      const isCredited = credited !== undefined;
      const cut = isCredited ? submitterBps : 0;
      return [{ cut, forfeited: burnBps + submitterBps - cut, isOwn: credited === proposer }];
    });
    const whole = parts.reduce((sum, part) => sum + part.forfeited, 0);
    if (whole === 0) return;
    const share = (forfeited * BigInt(WHOLE_BPS)) / BigInt(whole);
    for (const { cut, isOwn } of parts) {
      const amount = (share * BigInt(cut)) / BigInt(WHOLE_BPS);
      if (isOwn) money.cutsToThemselves += amount;
      else money.cutsToOthers += amount;
    }
  }

  #measure(): RunMetrics {
    const { slots } = this.#options;
    const { checkpoints, blocks, begins, gap } = this.#pipelined;
    return {
      slots,
      onTime: this.#landedCount - this.#counts.late,
      late: this.#counts.late,
      lost: slots - this.#landedCount,
      displaced: this.#counts.displaced,
      discards: this.#discardCount,
      silentDiscards: this.#silentDiscards,
      softReorgs: this.#counts.softReorgs,
      softReorgedBlocks: this.#softReorgedBlocks,
      blocksPerSlot: roundTo3(ratio(blocks, checkpoints)),
      deadZone: roundTo3(ratio(gap, begins)),
      depth: this.#depth,
      triggers: this.#triggers,
      landedBy: this.#landedBy,
      txs: { submitted: this.#submitted, included: this.#included },
      refused: this.#refused,
      duplicates: this.#duplicates,
      gasUsed: this.#gas.used,
      gasWasted: this.#gas.wasted,
      cost: this.#gas.cost,
      costWasted: this.#gas.costWasted,
      latency: this.#latencies.summarise(),
    };
  }

  #total(): RunTotals {
    return {
      landing: this.#landings.summarise(),
      slippedAfter: this.#slippedAfter,
      rescuedAfter: this.#rescuedAfter,
      money: this.#money,
      proven: this.#proven,
      proposers: this.#proposers,
    };
  }
}

/** Of what can no longer change, lists keep so many of the newest: they say no more than that there were some. */
const KEPT_REFUSALS = 1_000;
const KEPT_PROOFS = 100;

/** 0 of nothing. */
function ratio(sum: number, count: number): number {
  return count === 0 ? 0 : sum / count;
}
