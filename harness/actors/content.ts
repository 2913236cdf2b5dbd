import type { CheckpointId, ValidatorId } from "../sim/ledger.ts";

/** A user's transaction. */
export interface UserTx {
  readonly id: number;
  /** When it was submitted. */
  readonly ms: number;
}

/** An L2 block of a checkpoint. */
export interface BlockContent {
  readonly checkpoint: CheckpointId;
  readonly slot: number;
  /** What the checkpoint stands on. */
  readonly parent: CheckpointId;
  /** Its place in the checkpoint. */
  readonly index: number;
  readonly txs: readonly number[];
}

/** What a checkpoint proposal says: everything but signatures, which the ledger makes. */
export interface CheckpointContent {
  readonly id: CheckpointId;
  readonly slot: number;
  /** Its place in the chain, counted from 1. */
  readonly number: number;
  readonly parent: CheckpointId;
  readonly proposer: ValidatorId;
  readonly blocks: readonly BlockContent[];
}

/** A member's attestation. */
export interface Attestation {
  readonly checkpoint: CheckpointId;
  readonly member: ValidatorId;
}

/** What is gossiped, by topic. */
export interface TopicBodies {
  readonly tx: UserTx;
  readonly block_proposal: BlockContent;
  readonly checkpoint_proposal: CheckpointContent;
  readonly checkpoint_attestation: Attestation;
}
