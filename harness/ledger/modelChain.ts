import type { FeeHeader } from "../protocol/feeHeader.ts";
import type { SplitBps } from "../protocol/split.ts";
import type { AccountName, LandedCheckpoint } from "../sim/ledger.ts";
import type { ModelCheckpoint } from "./modelCheckpoints.ts";

/** A checkpoint in the chain, with what L1 stores of it. */
export interface Landing {
  readonly landed: LandedCheckpoint;
  readonly built: ModelCheckpoint;
  readonly feeHeader: FeeHeader;
  /** Attestations of members that it landed with. */
  readonly attestations: number;
  /** Its record, if it landed late. */
  readonly late: LateLanding | undefined;
  readonly parent: Landing | undefined;
}

/** What settlement wants to know of a late landing. */
export interface LateLanding {
  readonly submitter: AccountName | undefined;
  readonly split: SplitBps;
}

/** The checkpoint of that number below a tip, the tip included. */
export function landingAt(tip: Landing | undefined, number: number): Landing | undefined {
  let at = tip;
  while (at !== undefined && at.landed.number > number) at = at.parent;
  return at?.landed.number === number ? at : undefined;
}

/** What is left of a chain without the checkpoints above a number. */
export function cutAbove(tip: Landing | undefined, number: number): Landing | undefined {
  let left = tip;
  while (left !== undefined && left.landed.number > number) left = left.parent;
  return left;
}

/** Lets go of what lies so deep below a tip that nobody will look for it: a long run would keep all of it. */
export function forgetBelow(tip: Landing, depth: number): void {
  const oldest = landingAt(tip, tip.landed.number - depth);
  if (oldest?.parent === undefined) return;
  Object.assign(oldest, { parent: undefined });
  Object.assign(oldest.landed, { parent: undefined });
}
