/**
 * Upstream contracts compiled here with our own compiler settings, so that gas and code size compare like with like.
 * Names are the remapped ones (see `remappings.txt`).
 */
export const upstreamContracts: readonly string[] = [
  "@aztec/core/Rollup.sol",
  "@aztec/core/EscapeHatch.sol",
  "@aztec/core/libraries/Errors.sol",
  "@aztec/core/libraries/rollup/RollupOperationsExtLib.sol",
  "@aztec/core/libraries/rollup/ValidatorOperationsExtLib.sol",
  "@aztec/core/libraries/rollup/RewardExtLib.sol",
  "@aztec/core/libraries/rollup/TallySlasherDeploymentExtLib.sol",
  "@aztec/core/libraries/rollup/EmpireSlasherDeploymentExtLib.sol",
  "@aztec/core/slashing/Slasher.sol",
  "@aztec/core/slashing/TallySlashingProposer.sol",
  "@aztec/core/slashing/EmpireSlashingProposer.sol",
  "@aztec/core/messagebridge/Inbox.sol",
  "@aztec/core/messagebridge/Outbox.sol",
  "@aztec/core/messagebridge/FeeJuicePortal.sol",
  "@aztec/governance/CoinIssuer.sol",
  "@aztec/governance/GSE.sol",
  "@aztec/governance/Governance.sol",
  "@aztec/governance/Registry.sol",
  "@aztec/governance/RewardDistributor.sol",
  "@aztec/governance/libraries/Errors.sol",
  "@aztec/governance/proposer/GovernanceProposer.sol",
  "@aztec/mock/MockVerifier.sol",
  "@aztec/mock/MultiAdder.sol",
  "@aztec/mock/TestERC20.sol",
  "@aztec/periphery/DateGatedRelayer.sol",
  "@aztec/periphery/RegisterNewRollupVersionPayload.sol",
  "@aztec/periphery/SlashFactory.sol",
];
