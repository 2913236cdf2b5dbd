import { parseAbi } from "viem";

/** What the tests call and read of penalties, rollup and upstream's slashing contracts. */
export const penaltyAbi = parseAbi([
  "struct LateSubmissionRecord { uint256 slot; uint256 checkpointNumber; address submitter; address originalProposer; uint256 submitterBps; uint256 burnBps; uint256 delay; bool isSettled; }",
  "struct StrikeCount { uint256 late; uint256 missed; uint256 weight; }",
  "function getLateSubmission(uint256 slot) view returns (LateSubmissionRecord)",
  "function penalize(uint256 slot) returns (uint256)",
  "function penalizeBatch(uint256[] slots) returns (uint256)",
  "function onLateSubmission(LateSubmissionRecord record) returns (bytes4)",
  "function isApplied(uint256 slot, address hook) view returns (bool)",
  "function owner() view returns (address)",
  "function recordMiss(uint256 checkpointNumber, uint256 slot) returns (address)",
  "function strikesOf(address proposer) view returns (StrikeCount)",
  "function strikesAt(address proposer, uint256 slot) view returns (StrikeCount)",
  "function open(address attester) returns (address)",
  "function isConsumed(address rollup, uint256 slot) view returns (bool)",
  "function consumeTallied(address rollup, uint256 round, address[] committee, address attester, uint256 slot)",
  "function signal(address payload) returns (bool)",
  "function submitRoundWinner(uint256 round) returns (bool)",
  "function executeRound(uint256 round, address[][] committees)",
  "function slash(address payload) returns (bool)",
  "function PROPOSER() view returns (address)",
  "event StrikeRecorded(address indexed proposer, uint256 indexed slot, uint8 kind)",
  "event StrikeExempted(address indexed proposer, uint256 indexed slot)",
  "event BatchOpened(address indexed attester, address indexed slashPayload, address proposal, uint256 amount, uint256[] slots)",
  "event PenaltyFailed(uint256 indexed slot, address indexed hook, bytes32 reason)",
  "event StakeFallen(address indexed rollup, address indexed attester, uint256 indexed fallen)",
]);
