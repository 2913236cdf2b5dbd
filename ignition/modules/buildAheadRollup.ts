import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

import rollupLibraries from "./rollupLibraries.ts";

/**
 * The rollup with the previous-slot window. `Rollup` asks for a library named `RollupOperationsExtLib`; ours has the same
 * selectors and is linked under that name. `deployBuildAhead` checks the outcome on chain.
 */
export default buildModule("BuildAheadRollup", (m) => {
  const libraries = m.useModule(rollupLibraries);
  const lateSubmission = m.library("LateSubmissionExtLib");
  const lateSettlement = m.library("LateSettlementExtLib");
  const operations = m.library("BuildAheadOperationsExtLib", {
    libraries: { LateSubmissionExtLib: lateSubmission, LateSettlementExtLib: lateSettlement },
  });
  const rollup = m.contract(
    "BuildAheadRollup",
    [
      m.getParameter<string>("feeAsset"),
      m.getParameter<string>("stakingAsset"),
      m.getParameter<string>("gse"),
      m.getParameter<string>("verifier"),
      m.getParameter<string>("owner"),
      m.getParameter("genesisState"),
      m.getParameter("config"),
      m.getParameter("terms"),
    ],
    {
      libraries: {
        ValidatorOperationsExtLib: libraries.validatorOperations,
        RewardExtLib: libraries.rewards,
        TallySlasherDeploymentExtLib: libraries.tallySlasherDeployment,
        EmpireSlasherDeploymentExtLib: libraries.empireSlasherDeployment,
        RollupOperationsExtLib: operations,
        LateSubmissionExtLib: lateSubmission,
      },
    },
  );
  const slashFactory = m.contract("SlashFactory", [rollup]);
  return { rollup, slashFactory, operations, lateSubmission, ...libraries };
});
