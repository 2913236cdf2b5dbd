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
  readonly #authors = new Map<CheckpointId, string>();
  /** By number, what L1 has. */
  #landed: readonly LandedCheckpoint[] = [];
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
        this.#authors.set(event.checkpoint, event.node);
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
    if (tip === this.#landed.at(-1)) return;
    this.#assertAttested(tip);
    this.#assertNoTwice(tip);
    this.#landed = tip === undefined ? [] : [...this.#landed.filter(({ number }) => number < tip.number), tip];
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
    if (this.#setup.mode !== "build-ahead" || parent === GENESIS || this.#authors.get(parent) === node) return;
    const content = this.#contents.get(parent);
    const quorum = content === undefined ? 0 : this.#committee(epochOf(this.#calendar, content.slot)).quorum;
    if (this.#landed.some(({ id }) => id === parent) || (this.#attesters.get(parent)?.size ?? 0) >= quorum) return;
    throw new InvariantBrokenError("no broadcast before a landable quorum", { node, checkpoint, parent });
  }

  #assertAttested(tip: LandedCheckpoint | undefined): void {
    if (tip === undefined || this.#setup.allowsUnattested) return;
    const { quorum } = this.#committee(epochOf(this.#calendar, tip.slot));
    const signed = this.#attesters.get(tip.id) ?? new Set();
    const valid = tip.attesters.filter((member) => signed.has(member));
    if (valid.length < quorum) {
      throw new InvariantBrokenError("each landed checkpoint was attested by a quorum", { id: tip.id, valid, quorum });
    }
  }

  /** A transaction is in L1's chain once. Looked at among what is not proven yet. */
  #assertNoTwice(tip: LandedCheckpoint | undefined): void {
    const own = new Set(this.#contents.get(tip?.id ?? GENESIS)?.blocks.flatMap(({ txs }) => txs));
    if (own.size === 0) return;
    for (let at = tip?.parent; at !== undefined; at = at.parent) {
      const twice = this.#contents
        .get(at.id)
        ?.blocks.flatMap(({ txs }) => txs)
        .find((tx) => own.has(tx));
      if (twice !== undefined) {
        throw new InvariantBrokenError("a transaction is in the chain once", {
          tx: twice,
          first: at.id,
          again: tip?.id,
        });
      }
    }
  }

  #forget(): void {
    const oldest = (this.#landed.at(-1)?.slot ?? 0) - 4 * this.#calendar.epochSlots;
    for (const slot of this.#signed.keys()) if (slot < oldest) this.#signed.delete(slot);
    this.#landed = this.#landed.filter(({ slot }) => slot >= oldest);
    for (const id of this.#attesters.keys()) {
      const slot = this.#contents.get(id)?.slot;
      if (slot !== undefined && slot < oldest) this.#attesters.delete(id);
    }
  }
}
