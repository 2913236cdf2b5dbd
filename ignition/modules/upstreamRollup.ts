import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

import rollupLibraries from "./rollupLibraries.ts";

/** Upstream's v4 rollup with its libraries and slash factory, as upstream's `DeployRollupLib` deploys it. */
export default buildModule("UpstreamRollup", (m) => {
  const libraries = m.useModule(rollupLibraries);
  const operations = m.library("RollupOperationsExtLib");
  const rollup = m.contract(
    "Rollup",
    [
      m.getParameter<string>("feeAsset"),
      m.getParameter<string>("stakingAsset"),
      m.getParameter<string>("gse"),
      m.getParameter<string>("verifier"),
      m.getParameter<string>("owner"),
      m.getParameter("genesisState"),
      m.getParameter("config"),
    ],
    {
      libraries: {
        ValidatorOperationsExtLib: libraries.validatorOperations,
        RewardExtLib: libraries.rewards,
        TallySlasherDeploymentExtLib: libraries.tallySlasherDeployment,
        EmpireSlasherDeploymentExtLib: libraries.empireSlasherDeployment,
        RollupOperationsExtLib: operations,
      },
    },
  );
  const slashFactory = m.contract("SlashFactory", [rollup]);
  return { rollup, slashFactory, operations, ...libraries };
});
