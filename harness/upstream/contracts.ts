// Upstream's own wrappers around its contracts: what real nodes read and drive L1 with.
export {
  deployMulticall3,
  GovernanceProposerContract,
  GSEContract,
  MULTI_CALL_3_ADDRESS,
  RollupContract,
} from "@aztec/ethereum/contracts";
