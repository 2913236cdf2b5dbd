import { makeBundledProposeTransaction } from "../consensus/proposeTransaction.ts";
import type { BundledCall } from "../consensus/bundledCalls.ts";
import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import type { L1BlobTransactionRequest } from "../l1/l1Transaction.ts";
import type { LanePair } from "./lanePair.ts";

/** A checkpoint and the calls sent along, through the bundling contract that asks `requireOpen` before `propose`. */
export function guardedBundleRequest(
  pair: LanePair,
  checkpoint: AttestedCheckpoint,
  companions: readonly BundledCall[],
): L1BlobTransactionRequest {
  const bundle = { multicall3: pair.guardedBundler, after: companions };
  return makeBundledProposeTransaction(pair.buildAhead, checkpoint, pair.rescuer, bundle);
}
