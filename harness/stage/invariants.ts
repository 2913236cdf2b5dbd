import type { ActorEvent } from "../actors/actorEvents.ts";
import type { CheckpointContent } from "../actors/content.ts";
import type { Node } from "../actors/node.ts";
import { BuildAheadError } from "../errors.ts";
import { epochOf, type Calendar } from "../sim/calendar.ts";
import type { L1Block } from "../sim/l1.ts";
import {
  GENESIS,
  type CheckpointId,
  type EpochCommittee,
  type LandedCheckpoint,
  type ValidatorId,
} from "../sim/ledger.ts";
import { LandedChain } from "./landedChain.ts";
import type { StageSetup } from "./stageSetup.ts";

/**
 * Something that must never happen, whatever the weather, has happened.
 * @public for who catches it
 */
export class InvariantBrokenError extends BuildAheadError {
  readonly invariant: string;

  constructor(invariant: string, fields: Readonly<Record<string, unknown>>) {
    super(`Invariant broken: ${invariant}`, { fields });
    this.invariant = invariant;
  }
}

/**
 * What must hold in every run, looked at from outside: it hears all that actors do and sees every L1 block at once. Source: section 11 of
 * the specification.
 */
export class Invariants {
  readonly #setup: Pick<StageSetup, "mode" | "allowsUnattested">;
  readonly #calendar: Calendar;
  readonly #committee: (epoch: number) => EpochCommittee;
  readonly #nodes: readonly Node[];
  readonly #contents: ReadonlyMap<CheckpointId, CheckpointContent>;
  /** Who has signed what, by slot. */
  readonly #signed = new Map<number, Map<ValidatorId, CheckpointId>>();
  readonly #attesters = new Map<CheckpointId, Set<ValidatorId>>();
  readonly #authors = new Map<CheckpointId, { readonly node: string; readonly slot: number }>();
  /** What L1 has. */
  readonly #chain = new LandedChain();
  /** In which landed checkpoint a transaction is. */
  readonly #landedTxs = new Map<number, CheckpointId>();
  #arePoolsSuspect = false;

  constructor(options: {
    readonly setup: Pick<StageSetup, "mode" | "allowsUnattested">;
    readonly calendar: Calendar;
    readonly committee: (epoch: number) => EpochCommittee;
    readonly nodes: readonly Node[];
    readonly contents: ReadonlyMap<CheckpointId, CheckpointContent>;
  }) {
    this.#setup = options.setup;
    this.#calendar = options.calendar;
    this.#committee = options.committee;
    this.#nodes = options.nodes;
    this.#contents = options.contents;
  }

  /** @throws InvariantBrokenError */
  onActor(event: ActorEvent): void {
    switch (event.kind) {
      case "attested":
        this.#sign(event.slot, event.member, event.checkpoint);
        break;
      case "begun":
        this.#authors.set(event.checkpoint, event);
        if (event.depth > 2) throw new InvariantBrokenError("at most two unlanded checkpoints deep", event);
        break;
      case "block-broadcast":
        this.#assertMayBroadcast(event.node, event.block.checkpoint, event.block.parent);
        break;
      case "discarded":
        this.#arePoolsSuspect = true;
        break;
      default:
        break;
    }
  }

  /** @throws InvariantBrokenError */
  onBlock({ included, rollup }: L1Block): void {
    this.#arePoolsSuspect = true;
    for (const { outcome } of included) {
      const { settlement } = outcome;
      if (settlement !== undefined && settlement.sources !== settlement.uses) {
        throw new InvariantBrokenError("money is conserved at every proof", { ...settlement });
      }
    }
    const { tip } = rollup;
    if (tip === this.#chain.tip) return;
    const { added, removed } = this.#chain.follow(tip);
    for (const { id } of removed) for (const tx of this.#txsOf(id)) this.#landedTxs.delete(tx);
    for (const landed of added) {
      this.#assertAttested(landed);
      this.#assertNoTwice(landed);
    }
    this.#forget();
  }

  /** After each event of a run. @throws InvariantBrokenError, TxPoolError */
  afterEvent(): void {
    if (!this.#arePoolsSuspect) return;
    this.#arePoolsSuspect = false;
    for (const { pool } of this.#nodes) pool.assertSound();
  }

  #sign(slot: number, member: ValidatorId, checkpoint: CheckpointId): void {
    const signed = this.#signed.get(slot) ?? new Map<ValidatorId, CheckpointId>();
    this.#signed.set(slot, signed);
    const before = signed.get(member);
    if (before !== undefined && before !== checkpoint) {
      throw new InvariantBrokenError("nobody signs two checkpoints for one slot", { slot, member, before, checkpoint });
    }
    signed.set(member, checkpoint);
    const attesters = this.#attesters.get(checkpoint) ?? new Set();
    attesters.add(member);
    this.#attesters.set(checkpoint, attesters);
  }

  /** Nobody hears of what stands on a checkpoint that could not be landed. */
  #assertMayBroadcast(node: string, checkpoint: CheckpointId, parent: CheckpointId): void {
    if (this.#setup.mode !== "build-ahead" || parent === GENESIS || this.#authors.get(parent)?.node === node) return;
    const content = this.#contents.get(parent);
    const quorum = content === undefined ? 0 : this.#committee(epochOf(this.#calendar, content.slot)).quorum;
    if (this.#chain.entries.some(({ id }) => id === parent) || (this.#attesters.get(parent)?.size ?? 0) >= quorum)
      return;
    throw new InvariantBrokenError("no broadcast before a landable quorum", { node, checkpoint, parent });
  }

  #assertAttested({ id, slot, attesters }: LandedCheckpoint): void {
    if (this.#setup.allowsUnattested) return;
    const { quorum } = this.#committee(epochOf(this.#calendar, slot));
    const signed = this.#attesters.get(id) ?? new Set();
    const valid = attesters.filter((member) => signed.has(member));
    if (valid.length < quorum) {
      throw new InvariantBrokenError("each landed checkpoint was attested by a quorum", { id, valid, quorum });
    }
  }

  /** A transaction is in L1's chain once. */
  #assertNoTwice({ id }: LandedCheckpoint): void {
    for (const tx of this.#txsOf(id)) {
      const first = this.#landedTxs.get(tx);
      if (first !== undefined && first !== id) {
        throw new InvariantBrokenError("a transaction is in the chain once", { tx, first, again: id });
      }
      this.#landedTxs.set(tx, id);
    }
  }

  #txsOf(id: CheckpointId): readonly number[] {
    return this.#contents.get(id)?.blocks.flatMap(({ txs }) => txs) ?? [];
  }

  #forget(): void {
    const oldest = (this.#chain.tip?.slot ?? 0) - 4 * this.#calendar.epochSlots;
    for (const slot of this.#signed.keys()) if (slot < oldest) this.#signed.delete(slot);
    for (const { id } of this.#chain.forgetBefore(oldest)) for (const tx of this.#txsOf(id)) this.#landedTxs.delete(tx);
    for (const id of this.#attesters.keys()) {
      const slot = this.#contents.get(id)?.slot;
      if (slot === undefined || slot < oldest) this.#attesters.delete(id);
    }
    for (const [id, { slot }] of this.#authors) {
      if (slot >= oldest) break;
      this.#authors.delete(id);
    }
  }
}
