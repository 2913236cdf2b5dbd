import { InvalidCheckpointError } from "../consensus/consensusErrors.ts";
import type { FeeHeader } from "../protocol/feeHeader.ts";
import { makeFeeHeader, sumManaCosts, type ManaCosts, type ManaFeeConfig } from "../protocol/manaFee.ts";
import { GENESIS, type CheckpointDraft, type CheckpointId } from "../sim/ledger.ts";
import { UnknownCheckpointError } from "./ledgerErrors.ts";
import type { MessageRoot } from "./modelInbox.ts";

/** A checkpoint as it was built: what of its header L1 compares with what it knows itself. An archive root is its id. */
export interface ModelCheckpoint {
  readonly draft: CheckpointDraft;
  readonly number: number;
  readonly messages: MessageRoot;
  readonly manaUsed: bigint;
  /** Fee token units (1e18). */
  readonly feePerMana: bigint;
  /** What L1 will store if it lands at these prices. */
  readonly feeHeader: FeeHeader;
}

/** What a checkpoint builds on. */
export type ModelParent = Pick<ModelCheckpoint, "number" | "feeHeader"> & { readonly slot: number };

/** What L1 says to somebody who builds. */
export interface BuildAnswers {
  readonly messagesOf: (number: number) => MessageRoot;
  readonly costsOn: (parent: ModelParent) => ManaCosts;
}

/** Slots after which nobody asks for what was built, above those in which proofs are accepted; as on the chain. */
const KEPT_SLOTS = 8;

/** Everything that was built in a run and can still be asked for. */
export class ModelCheckpoints {
  readonly #config: ManaFeeConfig;
  readonly #genesis: ModelParent;
  readonly #built = new Map<CheckpointId, ModelCheckpoint>();

  /** @param genesis What the first checkpoint builds on */
  constructor(config: ManaFeeConfig, genesis: ModelParent) {
    this.#config = config;
    this.#genesis = genesis;
  }

  has(id: CheckpointId): boolean {
    return this.#built.has(id);
  }

  /** @throws UnknownCheckpointError */
  get(id: CheckpointId): ModelCheckpoint {
    const built = this.#built.get(id);
    if (built === undefined) throw new UnknownCheckpointError(id);
    return built;
  }

  /** @throws UnknownCheckpointError, InvalidCheckpointError when the slot is not after the parent's. */
  build(draft: CheckpointDraft, { messagesOf, costsOn }: BuildAnswers): void {
    const parent = draft.parent === GENESIS ? this.#genesis : this.#parentOf(draft.parent);
    if (draft.slot <= parent.slot) {
      throw new InvalidCheckpointError("A checkpoint's slot must be after its parent's", {
        fields: { slot: draft.slot, parentSlot: parent.slot, parentNumber: parent.number },
      });
    }
    const number = parent.number + 1;
    const manaUsed = BigInt(Math.round(Number(this.#config.manaTarget) * draft.fill));
    const costs = costsOn(parent);
    this.#built.set(draft.id, {
      draft,
      number,
      messages: messagesOf(number),
      manaUsed,
      feePerMana: sumManaCosts(costs),
      feeHeader: makeFeeHeader(this.#config, parent.feeHeader, costs, manaUsed),
    });
  }

  /**
   * What an epoch proof is made of.
   * @throws InvalidCheckpointError when there is nothing, or no run of one epoch. UnknownCheckpointError
   */
  getRun(ids: readonly CheckpointId[], epochOf: (slot: number) => number): readonly ModelCheckpoint[] {
    const run = ids.map((id) => this.get(id));
    if (run.length === 0) throw new InvalidCheckpointError("An epoch proof takes a checkpoint");
    run.slice(1).forEach(({ draft }, index) => {
      const below = (run[index] as ModelCheckpoint).draft;
      if (draft.parent === below.id && epochOf(draft.slot) === epochOf(below.slot)) return;
      throw new InvalidCheckpointError("An epoch proof takes a run of checkpoints of one epoch", {
        fields: { id: draft.id, parent: below.id },
      });
    });
    return run;
  }

  /**
   * Forgets what nobody will ask for any more.
   * @param slot Of the run
   * @param proofSlots How long proofs are accepted
   * @returns What was forgotten.
   */
  forgetBefore(slot: number, proofSlots: number): readonly CheckpointId[] {
    const forgotten: CheckpointId[] = [];
    for (const [id, { draft }] of this.#built) {
      if (draft.slot >= slot - proofSlots - KEPT_SLOTS) break;
      this.#built.delete(id);
      forgotten.push(id);
    }
    return forgotten;
  }

  #parentOf(id: CheckpointId): ModelParent {
    const { draft, number, feeHeader } = this.get(id);
    return { slot: draft.slot, number, feeHeader };
  }
}
