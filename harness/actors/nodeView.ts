import type { LateSubmissionTerms } from "../protocol/terms.ts";
import { epochOf, isLastOfEpoch, L1_BLOCK_MS, pruneMs, slotStartMs, type Calendar } from "../sim/calendar.ts";
import type { L1Block } from "../sim/l1.ts";
import {
  EMPTY_ROLLUP,
  GENESIS,
  type CheckpointId,
  type LandedCheckpoint,
  type RollupState,
  type ValidatorId,
} from "../sim/ledger.ts";
import type { CheckpointContent } from "./content.ts";

/** How long after its second a block that nobody has seen is taken for missed. */
export const MISSED_AFTER_MS = 4_000;

/**
 * What one node knows: the newest L1 block that has reached it, and what it has heard. Everything that an actor decides, it decides
 * from here.
 */
export class NodeView {
  readonly calendar: Calendar;
  readonly terms: LateSubmissionTerms;
  readonly #now: () => number;
  #head: L1Block | undefined;
  /** Every proposal that it knows, its own included. */
  readonly #proposals = new Map<CheckpointId, CheckpointContent>();
  readonly #attesters = new Map<CheckpointId, Set<ValidatorId>>();
  /** Proposals whose blocks it has executed. */
  readonly #checked = new Set<CheckpointId>();

  /** @param now The node's own clock, in milliseconds of the run */
  constructor(calendar: Calendar, terms: LateSubmissionTerms, now: () => number) {
    this.calendar = calendar;
    this.terms = terms;
    this.#now = now;
  }

  get head(): L1Block | undefined {
    return this.#head;
  }

  get rollup(): RollupState {
    return this.#head?.rollup ?? EMPTY_ROLLUP;
  }

  // ---- hearing ----

  /** @returns Whether it is news: of two blocks the one that was made later stands. */
  see(block: L1Block): boolean {
    if (this.#head !== undefined && block.sequence < this.#head.sequence) return false;
    this.#head = block;
    return true;
  }

  hear(content: CheckpointContent): void {
    this.#proposals.set(content.id, content);
  }

  check(id: CheckpointId): void {
    this.#checked.add(id);
  }

  /** @returns How many have attested. */
  attest(id: CheckpointId, member: ValidatorId): number {
    const members = this.#attesters.get(id) ?? new Set();
    members.add(member);
    this.#attesters.set(id, members);
    return members.size;
  }

  /** Forgets what is older than anything that can still land or be taken back. */
  forgetBefore(slot: number): void {
    for (const [id, content] of this.#proposals) {
      if (content.slot >= slot) break;
      this.#proposals.delete(id);
      this.#attesters.delete(id);
      this.#checked.delete(id);
    }
  }

  // ---- what it knows ----

  proposal(id: CheckpointId): CheckpointContent | undefined {
    return this.#proposals.get(id);
  }

  /** The proposal of a slot that it has checked, the newest one. */
  checkedProposal(slot: number): CheckpointContent | undefined {
    let found: CheckpointContent | undefined;
    for (const content of this.#proposals.values()) {
      if (content.slot === slot && this.#checked.has(content.id)) found = content;
    }
    return found;
  }

  /** The proposal of a slot, checked or not. */
  proposalOf(slot: number): CheckpointContent | undefined {
    let found: CheckpointContent | undefined;
    for (const content of this.#proposals.values()) if (content.slot === slot) found = content;
    return found;
  }

  isChecked(id: CheckpointId): boolean {
    return this.#checked.has(id);
  }

  attesters(id: CheckpointId): ReadonlySet<ValidatorId> {
    return this.#attesters.get(id) ?? NOBODY;
  }

  // ---- L1 as it was last seen ----

  /** The tip that a slot's checkpoint would land on if nothing else did: the proven one once the rest can be pruned. */
  tipFor(slot: number): LandedCheckpoint | undefined {
    const { tip, proven } = this.rollup;
    let oldest = tip;
    let provenTip = tip;
    for (; provenTip !== undefined && provenTip.number > proven; provenTip = provenTip.parent) oldest = provenTip;
    if (oldest === undefined || oldest.number <= proven) return tip;
    const isPrunable = slotStartMs(this.calendar, slot) >= pruneMs(this.calendar, epochOf(this.calendar, oldest.slot));
    return isPrunable ? provenTip : tip;
  }

  hasLanded(id: CheckpointId, slot: number): boolean {
    if (id === GENESIS) return true;
    let at = this.rollup.tip;
    while (at !== undefined && at.slot > slot) at = at.parent;
    return at?.id === id;
  }

  /** Checkpoints on top of the landed ones that one on this parent would stand on, itself included. */
  depthOn(parent: CheckpointId): number {
    let depth = 1;
    for (let at = this.#proposals.get(parent); at !== undefined && !this.hasLanded(at.id, at.slot);) {
      depth++;
      at = this.#proposals.get(at.parent);
    }
    return depth;
  }

  /** First moment at which a checkpoint of a slot cannot land any more. */
  deadline(slot: number): number {
    const { windowSeconds, crossEpoch } = this.terms;
    const isOpen = windowSeconds > 0 && (crossEpoch || !isLastOfEpoch(this.calendar, slot));
    return slotStartMs(this.calendar, slot + 1) + (isOpen ? windowSeconds * 1000 : 0);
  }

  /** The next L1 block that this node can still expect to be made. */
  nextBlockMs(): number {
    const missed = Math.floor((this.#now() - MISSED_AFTER_MS) / L1_BLOCK_MS) * L1_BLOCK_MS;
    return Math.max(this.#head?.ms ?? Number.NEGATIVE_INFINITY, missed) + L1_BLOCK_MS;
  }

  /** Whether a checkpoint cannot land any more, as far as this node can tell: too late, or something else is in its place. */
  isHopeless(id: CheckpointId, slot: number, parent: CheckpointId): boolean {
    if (this.hasLanded(id, slot)) return false;
    if (this.nextBlockMs() >= this.deadline(slot)) return true;
    const tip = this.tipFor(slot);
    if (parent === (tip?.id ?? GENESIS)) return tip !== undefined && tip.slot >= slot;
    const content = this.#proposals.get(parent);
    // A parent that was the tip and is not any more, or that nobody can land.
    return (
      content === undefined ||
      this.hasLanded(parent, content.slot) ||
      this.isHopeless(parent, content.slot, content.parent)
    );
  }
}

const NOBODY: ReadonlySet<ValidatorId> = new Set();
