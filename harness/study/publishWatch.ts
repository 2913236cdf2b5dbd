import type { ActorEvent, SendPurpose } from "../actors/actorEvents.ts";
import { L1_BLOCK_MS } from "../sim/calendar.ts";
import type { L1Block } from "../sim/l1.ts";
import type { Outcome } from "../sim/ledger.ts";
import { roundTo3 } from "../stage/durations.ts";
import type { StageWatcher } from "../stage/runStage.ts";

/** How a transaction that was sent ends: always in exactly one way. */
export const FATES = [
  "on time",
  "late",
  /** Refused because its slot had landed. */
  "duplicate",
  /** Refused because it was mined before the block that it was meant for. */
  "early",
  /** Refused because its window was over. */
  "expired",
  /** Refused for another reason: its parent had not landed. */
  "other",
  "taken back",
  /** A dearer one of the same account took its place. */
  "replaced",
  "never mined",
] as const;
export type Fate = (typeof FATES)[number];

/** Fates in which gas was paid for nothing. */
const WASTED: readonly Fate[] = ["duplicate", "early", "expired", "other"];

/** Who sends, seen from a slot: its proposer, the next slot's, or somebody else. */
export const ROLES = ["own", "next", "third"] as const;
export type Role = (typeof ROLES)[number];

/** A count, and the gas of what was counted. */
export interface GasCount {
  readonly count: number;
  readonly gas: number;
}

/** What became of the publishers' work in one run. */
export interface PublishCounts {
  readonly slots: number;
  readonly onTime: number;
  readonly late: number;
  readonly lost: number;
  /** Transactions, by who sent them. */
  readonly sent: Readonly<Record<Role, number>>;
  /** Not sent, because a simulation said that it would revert. */
  readonly dropped: number;
  readonly fates: Readonly<Record<Fate, GasCount>>;
  /** Gas that was paid for nothing. */
  readonly wasted: GasCount;
  /** Rescues, and those of them that L1 mined before the boundary and after the window, whatever came of it. */
  readonly rescues: { readonly sent: number; readonly tooSoon: number; readonly tooLate: number };
  /** Proposers' own transactions that were on their way when their slot ended, by how they ended. */
  readonly slips: Readonly<Record<Fate, number>>;
  /** Who landed what landed late. */
  readonly winners: Readonly<Record<Role, number>>;
  /** L1 blocks from the first transaction of a slot that was sent to the one that landed, over all slots that landed; 1: the next one. */
  readonly blocksToLand: number;
  /** Late landings in the first L1 block of the window. */
  readonly inFirstBlock: number;
  /** Late landings that others lost. */
  readonly races: {
    readonly count: number;
    /** The nearest loser was in the winner's block, and paid so much less. */
    readonly sameBlock: number;
    readonly gwei: number;
    /** The nearest loser came later by so many seconds. */
    readonly seconds: number;
  };
}

interface Sent {
  readonly node: string;
  readonly slot: number;
  readonly purpose: SendPurpose;
  readonly ms: number;
  end?: "taken back" | "replaced";
  mined?: { readonly ms: number; readonly outcome: Outcome; readonly tip: number };
}

/** Follows every transaction of a run from outside. */
export class PublishWatch implements StageWatcher {
  readonly #sent = new Map<string, Sent>();
  /** By slot, the node that began to build for it. */
  readonly #proposers = new Map<number, string>();
  readonly #deadlinesOf: (slot: number) => readonly [lateMs: number, endMs: number];
  #dropped = 0;

  /** @param deadlinesOf When a slot's checkpoint is late, and when it cannot land any more */
  constructor(deadlinesOf: (slot: number) => readonly [lateMs: number, endMs: number]) {
    this.#deadlinesOf = deadlinesOf;
  }

  readonly onActor = (event: ActorEvent, ms: number): void => {
    switch (event.kind) {
      case "begun":
        this.#proposers.set(event.slot, event.node);
        break;
      case "sent":
        this.#sent.set(event.txId, { node: event.node, slot: event.slot, purpose: event.purpose, ms });
        break;
      case "taken-back": {
        const sent = this.#sent.get(event.txId);
        if (sent !== undefined) sent.end = event.isReplaced ? "replaced" : "taken back";
        break;
      }
      case "dropped":
        this.#dropped++;
        break;
      default:
        break;
    }
  };

  readonly onBlock = ({ ms, baseFee, included }: L1Block): void => {
    for (const { submission, outcome } of included) {
      const sent = this.#sent.get(submission.transaction.id);
      const tip = Math.min(submission.transaction.priorityFee, submission.maxFee - baseFee);
      if (sent !== undefined) sent.mined = { ms, outcome, tip };
    }
  };

  /** @param slots In how many slots somebody had to propose */
  conclude(slots: number): PublishCounts {
    const fates = Object.fromEntries(FATES.map((fate) => [fate, { count: 0, gas: 0 }])) as Record<
      Fate,
      { count: number; gas: number }
    >;
    const slips = Object.fromEntries(FATES.map((fate) => [fate, 0])) as Record<Fate, number>;
    const [sent, winners] = [
      { own: 0, next: 0, third: 0 },
      { own: 0, next: 0, third: 0 },
    ];
    const rescues = { sent: 0, tooSoon: 0, tooLate: 0 };
    const races = { count: 0, sameBlock: 0, gwei: 0, seconds: 0 };
    let [inFirstBlock, blocksToLand] = [0, 0];
    const firstMs = new Map<number, number>();
    for (const transaction of this.#sent.values()) {
      const { slot, purpose, ms, mined } = transaction;
      const fate = this.#fateOf(transaction);
      const [lateMs, endMs] = this.#deadlinesOf(slot);
      firstMs.set(slot, Math.min(firstMs.get(slot) ?? ms, ms));
      fates[fate].count++;
      fates[fate].gas += mined?.outcome.gasUsed ?? 0;
      sent[this.#roleOf(transaction)]++;
      if (purpose === "own") {
        if (ms < lateMs && (mined === undefined || mined.ms >= lateMs)) slips[fate]++;
      } else {
        rescues.sent++;
        if (mined !== undefined && mined.ms < lateMs) rescues.tooSoon++;
        if (mined !== undefined && mined.ms >= endMs) rescues.tooLate++;
      }
      if (mined?.outcome.status !== "success") continue;
      blocksToLand += Math.max(Math.ceil((mined.ms - (firstMs.get(slot) ?? ms)) / L1_BLOCK_MS), 1);
      if (fate !== "late") continue;
      winners[this.#roleOf(transaction)]++;
      if (mined.ms < lateMs + L1_BLOCK_MS) inFirstBlock++;
      const [loser] = this.#losersOf(slot).sort((one, other) => one.ms - other.ms || other.tip - one.tip);
      if (loser === undefined) continue;
      races.count++;
      races.seconds += (loser.ms - mined.ms) / 1000;
      if (loser.ms !== mined.ms) continue;
      races.sameBlock++;
      races.gwei += (mined.tip - loser.tip) / 1e9;
    }
    const [onTime, late] = [fates["on time"].count, fates.late.count];
    const lost = slots - onTime - late;
    const wasted = {
      count: WASTED.reduce((sum, fate) => sum + fates[fate].count, 0),
      gas: WASTED.reduce((sum, fate) => sum + fates[fate].gas, 0),
    };
    return {
      slots,
      onTime,
      late,
      lost,
      sent,
      dropped: this.#dropped,
      fates,
      wasted,
      rescues,
      slips,
      winners,
      blocksToLand,
      inFirstBlock,
      races: { ...races, gwei: roundTo3(races.gwei) },
    };
  }

  #fateOf({ slot, purpose, end, mined }: Sent): Fate {
    if (mined === undefined) return end ?? "never mined";
    const { outcome, ms } = mined;
    if (outcome.status === "success") return outcome.late === undefined ? "on time" : "late";
    if (outcome.error === "Rollup__SlotAlreadyInChain") return "duplicate";
    const [lateMs, endMs] = this.#deadlinesOf(slot);
    if (ms < lateMs && purpose !== "own") return "early";
    return ms >= endMs ? "expired" : "other";
  }

  #roleOf({ node, slot }: Sent): Role {
    if (node === this.#proposers.get(slot)) return "own";
    return node === this.#proposers.get(slot + 1) ? "next" : "third";
  }

  #losersOf(slot: number): { readonly ms: number; readonly tip: number }[] {
    const [lateMs] = this.#deadlinesOf(slot);
    return [...this.#sent.values()].flatMap((other) =>
      other.slot === slot &&
      other.mined !== undefined &&
      other.mined.ms >= lateMs &&
      this.#fateOf(other) === "duplicate"
        ? [other.mined]
        : [],
    );
  }
}
