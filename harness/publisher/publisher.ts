import type { Hex, TransactionReceipt } from "viem";

import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import type { BundledCall } from "../consensus/bundledCalls.ts";

/** What a publisher is asked to do on L1, in the order in which a bundle does it: a proposal first needs its predecessor out of the way. */
export const ACTIONS = ["invalidate", "propose", "governance-signal", "slashing-vote", "slash-execution"] as const;
export type Action = (typeof ACTIONS)[number];

/** Landing a checkpoint, one's own or another's. */
export interface ProposeRequest {
  readonly action: "propose";
  readonly checkpoint: AttestedCheckpoint;
  /** The last slot in which it may be sent: the header slot, or the one after it while the window is open. */
  readonly expirySlot: bigint;
}

/** Anything else. */
export interface CallRequest {
  readonly action: Exclude<Action, "propose">;
  readonly call: Pick<BundledCall, "target" | "callData">;
  /** The last slot in which it may be sent. */
  readonly expirySlot: bigint;
}

export type PublishRequest = ProposeRequest | CallRequest;

/**
 * How a request ends, always in exactly one way. `sent`: on its way, and nobody knows more. `included`: done on L1. `failed`: reverted
 * on L1, or no key could send it. `dropped`: left out, because it would have reverted. `expired`: too late to be sent.
 */
export const OUTCOMES = ["sent", "included", "failed", "dropped", "expired"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface PublishResult {
  readonly action: Action;
  readonly outcome: Outcome;
  /** Why, in the words of whoever knows: an error of L1, of the node, or of the publisher. */
  readonly reason: string;
  /** The transaction that it was, or would have been, in. */
  readonly hash?: Hex;
  readonly receipt?: TransactionReceipt;
}

/** Brings requests of one slot to L1 in one transaction. */
export interface Publisher {
  /** Keeps a request for the next {@link sendRequestsAt}. */
  enqueue(request: PublishRequest): Promise<void>;
  /** Sends what is kept so that L1 can take it from the first block of `slot` on, and tells how each request ended. */
  sendRequestsAt(slot: bigint): Promise<readonly PublishResult[]>;
}
