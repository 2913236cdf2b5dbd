import type { CheckpointId, ProposeAction, ValidatorId } from "../sim/ledger.ts";
import type { BlockContent, CheckpointContent } from "./content.ts";

/** Why a proposer began to build when it did. */
export type Trigger = "checkpoint-proposal" | "same-proposer" | "fallback" | "timeout" | "confirmed-tip";

/** Why something that was built came to nothing. */
export type DiscardReason =
  /** The predecessor's quorum did not come. */
  | "no-quorum"
  /** Something else landed, or what it stands on cannot land any more. */
  | "hopeless"
  /** The slot was over. */
  | "slot-over"
  /** L1 refused it. */
  | "refused";

/** What actors do, as whoever watches a run hears of it. Nobody in a run does. */
export type ActorEvent =
  | {
      readonly kind: "transition";
      readonly node: string;
      readonly slot: number;
      readonly from: string;
      readonly on: string;
      readonly to: string;
    }
  | {
      readonly kind: "begun";
      readonly node: string;
      readonly slot: number;
      readonly checkpoint: CheckpointId;
      readonly parent: CheckpointId;
      readonly trigger: Trigger;
      readonly depth: number;
    }
  | { readonly kind: "block-built"; readonly node: string; readonly block: BlockContent }
  | { readonly kind: "block-broadcast"; readonly node: string; readonly block: BlockContent }
  | { readonly kind: "proposed"; readonly node: string; readonly content: CheckpointContent }
  | {
      readonly kind: "attested";
      readonly node: string;
      readonly member: ValidatorId;
      readonly slot: number;
      readonly checkpoint: CheckpointId;
    }
  | {
      readonly kind: "discarded";
      readonly node: string;
      readonly slot: number;
      readonly checkpoint: CheckpointId;
      readonly reason: DiscardReason;
      readonly wasBroadcast: boolean;
      readonly blocks: number;
      readonly txs: readonly number[];
    }
  | {
      readonly kind: "sent";
      readonly node: string;
      readonly slot: number;
      readonly txId: string;
      readonly purpose: SendPurpose;
      readonly action: ProposeAction | undefined;
    }
  /** A node has simulated what it was about to send, and sends nothing. */
  | {
      readonly kind: "dropped";
      readonly node: string;
      readonly slot: number;
      readonly purpose: SendPurpose;
      readonly error: string;
    }
  /** A transaction will not be mined any more: its sender wants it back, or has sent a dearer one in its place. */
  | { readonly kind: "taken-back"; readonly node: string; readonly txId: string; readonly isReplaced: boolean }
  /** A node that follows the proposed chain has a block: its users see their transactions. */
  | { readonly kind: "visible"; readonly node: string; readonly block: BlockContent };

/** What a transaction is to whoever sends it. */
export type SendPurpose = "own" | "rescue" | "retry" | "proof" | "other";
