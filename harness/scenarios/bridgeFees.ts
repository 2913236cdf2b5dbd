import { tellReceipt } from "./expectations.ts";
import type { DeployedContext, Scenario } from "./scenario.ts";

/** Users bridge what fees are then paid with: a new rollup's portal is empty. */
export const bridgeFees: Scenario<DeployedContext> = {
  id: "fees",
  needs: {},
  run: async ({ world, network: { provisioner, config } }) => {
    const receipt = await provisioner.bridgeFeeJuice(world.rollup, config.feeJuicePortalFunding);
    tellReceipt(world, { id: "fees.bridge", name: "bridge fee juice" }, receipt);
  },
};
