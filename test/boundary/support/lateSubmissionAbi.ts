import { parseAbi } from "viem";

/** What the extended rollup adds to upstream's interface, as typed fragments: `ILateSubmission`. */
export const lateSubmissionAbi = parseAbi([
  "struct LateSubmissionTerms { uint16 firstBps; uint16 submitterBps; uint16 burnBps; uint32 windowSeconds; bool crossEpoch; }",
  "struct LateSubmissionRecord { uint256 slot; uint256 checkpointNumber; address submitter; address originalProposer; uint256 submitterBps; uint256 burnBps; uint256 delay; bool isSettled; }",
  "function setLateSubmissionTerms(LateSubmissionTerms _terms)",
  "function nameLateRecipient(address _recipient)",
  "function requireOpen(uint256 _slot, bytes32 _lastArchive) view",
  "function getLateSubmissionTerms() view returns (LateSubmissionTerms)",
  "function getLateSubmission(uint256 _slot) view returns (LateSubmissionRecord)",
  "event LateSubmissionRecorded(uint256 indexed slot, uint256 indexed checkpointNumber, address indexed originalProposer, address submitter, uint256 delay)",
  "event LateSubmissionSettled(uint256 indexed slot, address indexed submitter, address indexed coinbase, uint256 share, uint256 submitterCut, uint256 forfeited)",
]);
