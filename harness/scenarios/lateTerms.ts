import { encodeFunctionData, parseAbi, type Hex } from "viem";

import type { RollupView } from "../consensus/rollupView.ts";
import type { LateSubmissionTerms } from "../network/deployment.ts";

const ABI = parseAbi([
  "struct LateSubmissionTerms { uint16 submitterBps; uint16 burnBps; uint32 windowSeconds; bool crossEpoch; }",
  "function getLateSubmissionTerms() view returns (LateSubmissionTerms)",
  "function setLateSubmissionTerms(LateSubmissionTerms _terms)",
]);

/** The terms in force. */
export function readTerms({ chain, rollup }: RollupView): Promise<LateSubmissionTerms> {
  return chain.publicClient.readContract({ address: rollup.address, abi: ABI, functionName: "getLateSubmissionTerms" });
}

/** Calldata with which the rollup's owner sets terms. */
export function encodeSetTerms(terms: LateSubmissionTerms): Hex {
  return encodeFunctionData({ abi: ABI, functionName: "setLateSubmissionTerms", args: [terms] });
}
