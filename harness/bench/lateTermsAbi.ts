import { parseAbi } from "viem";

/** The owner's setter of `ILateSubmission`. */
export const lateTermsAbi = parseAbi([
  "struct LateSubmissionTerms { uint16 firstBps; uint16 submitterBps; uint16 burnBps; uint32 windowSeconds; bool crossEpoch; }",
  "function setLateSubmissionTerms(LateSubmissionTerms _terms)",
]);
