import { encodeFunctionData } from "viem";

import { RollupAbi } from "../upstream/abis.ts";
import { changeTerms } from "./changeTerms.ts";
import { readTerms } from "./lateTerms.ts";
import type { DeployedContext, Scenario } from "./scenario.ts";

/** Governance turns `crossEpoch` around and opens rewards. */
export const turnCrossEpoch: Scenario<DeployedContext> = {
  id: "terms",
  needs: {},
  run: async (context) => {
    const terms = await readTerms(context.world.view);
    const crossEpoch = !terms.crossEpoch;
    await changeTerms(context, {
      id: "terms",
      terms: { ...terms, crossEpoch },
      uri: `crossEpoch ${crossEpoch}, rewards claimable`,
      alongside: [encodeFunctionData({ abi: RollupAbi, functionName: "setRewardsClaimable", args: [true] })],
    });
  },
};
