import { encodeFunctionData, type Hex } from "viem";

import { lateSubmissionAbi } from "./abis.ts";
import type { Bps } from "./units.ts";

/** What governance decides about late submissions. Source: `LateSubmissionTerms` of `ILateSubmission`. */
export interface LateSubmissionTerms {
  /** Part of the proposer's share that goes to the late submitter: 0 to 10,000. */
  readonly submitterBps: Bps;
  /** Part of the proposer's share that is forfeited: 0 to 10,000; both together at most 10,000. */
  readonly burnBps: Bps;
  /** Seconds after the start of the next slot, at most a slot; 0 switches the feature off. */
  readonly windowSeconds: number;
  /** Whether the last slot of an epoch may land in the first slot of the next one. */
  readonly crossEpoch: boolean;
}

/** Calldata with which the rollup's owner sets terms. The contract checks them, this function does not. */
export function encodeSetTerms(terms: LateSubmissionTerms): Hex {
  return encodeFunctionData({ abi: lateSubmissionAbi, functionName: "setLateSubmissionTerms", args: [terms] });
}
