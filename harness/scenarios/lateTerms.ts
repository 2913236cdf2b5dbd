import type { RollupView } from "../consensus/rollupView.ts";
import { lateSubmissionAbi } from "../protocol/abis.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";

/** The terms in force. */
export function readTerms({ chain, rollup }: RollupView): Promise<LateSubmissionTerms> {
  return chain.publicClient.readContract({
    address: rollup.address,
    abi: lateSubmissionAbi,
    functionName: "getLateSubmissionTerms",
  });
}
