import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** The external libraries that every rollup version links as upstream does. */
export default buildModule("RollupLibraries", (m) => ({
  validatorOperations: m.library("ValidatorOperationsExtLib"),
  rewards: m.library("RewardExtLib"),
  tallySlasherDeployment: m.library("TallySlasherDeploymentExtLib"),
  empireSlasherDeployment: m.library("EmpireSlasherDeploymentExtLib"),
}));
