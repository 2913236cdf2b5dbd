import type { Hex } from "viem";

import type { PendingTransaction } from "./l1Transaction.ts";

/** Which of the waiting transactions a builder puts into its block, and in which order. The others keep waiting. */
export type InclusionPolicy = (waiting: readonly PendingTransaction[]) => readonly PendingTransaction[];

/** Everything, first come, first served. */
export const includeAll: InclusionPolicy = (waiting) => waiting;

/** These and no others, in this order. */
export function includeOnly(hashes: readonly Hex[]): InclusionPolicy {
  return (waiting) => hashes.flatMap((hash) => waiting.find((tx) => tx.hash === hash) ?? []);
}
