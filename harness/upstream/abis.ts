// ABIs of upstream's contracts, as the pinned version ships them.
export { EmpireSlashingProposerAbi } from "@aztec/l1-artifacts/EmpireSlashingProposerAbi";
export { ErrorsAbi } from "@aztec/l1-artifacts/ErrorsAbi";
export { EscapeHatchAbi } from "@aztec/l1-artifacts/EscapeHatchAbi";
export { FeeJuicePortalAbi } from "@aztec/l1-artifacts/FeeJuicePortalAbi";
export { GovernanceAbi } from "@aztec/l1-artifacts/GovernanceAbi";
export { GovernanceProposerAbi } from "@aztec/l1-artifacts/GovernanceProposerAbi";
export { GSEAbi } from "@aztec/l1-artifacts/GSEAbi";
export { InboxAbi } from "@aztec/l1-artifacts/InboxAbi";
export { OutboxAbi } from "@aztec/l1-artifacts/OutboxAbi";
export { RegistryAbi } from "@aztec/l1-artifacts/RegistryAbi";
export { RewardDistributorAbi } from "@aztec/l1-artifacts/RewardDistributorAbi";
export { RollupAbi } from "@aztec/l1-artifacts/RollupAbi";
export { RollupStorage } from "@aztec/l1-artifacts/RollupStorage";
export { SlasherAbi } from "@aztec/l1-artifacts/SlasherAbi";
export { TallySlashingProposerAbi } from "@aztec/l1-artifacts/TallySlashingProposerAbi";
export { TestERC20Abi } from "@aztec/l1-artifacts/TestERC20Abi";
export { IVerifierAbi as VerifierAbi } from "@aztec/l1-artifacts/IVerifierAbi";
