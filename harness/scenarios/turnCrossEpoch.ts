import { encodeFunctionData } from "viem";

import fixedActionsPayloadModule from "../../ignition/modules/fixedActionsPayload.ts";
import { deployModule } from "../network/deployModule.ts";
import { executePayload } from "../network/governance.ts";
import { encodeSetTerms } from "../protocol/terms.ts";
import { RollupAbi } from "../upstream/abis.ts";
import { tellGovernance } from "./governanceSteps.ts";
import { readTerms } from "./lateTerms.ts";
import { sumBlocks } from "./minedBlocks.ts";
import { ScenarioFailedError, type DeployedContext, type Scenario } from "./scenario.ts";

/** Governance turns `crossEpoch` around and opens rewards, by a payload that the rollup's own proposers signal. */
export const turnCrossEpoch: Scenario<DeployedContext> = {
  id: "terms",
  needs: {},
  run: async ({ world, network }) => {
    const { chain, rollup, keys } = world;
    const { deployer } = network;
    const terms = await readTerms(world.view);
    const crossEpoch = !terms.crossEpoch;
    const openRewards = encodeFunctionData({ abi: RollupAbi, functionName: "setRewardsClaimable", args: [true] });
    const actions = [encodeSetTerms({ ...terms, crossEpoch }), openRewards];

    const from = (await chain.publicClient.getBlockNumber()) + 1n;
    const { payload } = await deployModule(deployer, fixedActionsPayloadModule, {
      FixedActionsPayload: {
        actions: actions.map((data) => ({ target: rollup.address, data })),
        uri: `crossEpoch ${crossEpoch}, rewards claimable`,
      },
    });
    const name = "deploy the payload";
    world.tell({ id: "terms.deployPayload", name, outcome: "success", ...(await sumBlocks(chain, from)) });

    const { steps } = await executePayload(network, {
      payload,
      path: "signal",
      sender: deployer.account,
      canonical: rollup,
      signerOf: (validator) => keys.accountOf(validator),
    });
    tellGovernance(world, "terms", steps);
    const { crossEpoch: actual } = await readTerms(world.view);
    if (actual !== crossEpoch) throw new ScenarioFailedError("terms.execute", `crossEpoch ${crossEpoch}`, `${actual}`);
  },
};
