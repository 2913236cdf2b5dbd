import { advanceToEpoch } from "../network/advance.ts";
import { deployBuildAhead } from "../network/deployBuildAhead.ts";
import type { DeployedRollup } from "../network/deployment.ts";
import { registerRollup } from "../network/governance.ts";
import { firstEpochSampledAfter } from "../protocol/time.ts";
import { tellGovernance } from "./governanceSteps.ts";
import { sumBlocks } from "./minedBlocks.ts";
import type { DeployedContext, Scenario } from "./scenario.ts";

/** What the upgrade leads to. */
export interface Upgraded {
  readonly rollup: DeployedRollup;
  /** Validators that the staking escrow counts for the new rollup, without any of them having moved. */
  readonly followers: bigint;
  /** From the deployed rollup until it is the canonical one. */
  readonly seconds: bigint;
}

/**
 * Proposers of the world's rollup signal for the extended one, deployed with its window closed; their stake votes, and everybody
 * follows. It ends at the first second of the first epoch in which the new rollup has a committee.
 */
export const upgrade: Scenario<DeployedContext, Upgraded> = {
  id: "upgrade",
  needs: {},
  run: async ({ world, network }) => {
    const { chain, keys } = world;
    const from = (await chain.publicClient.getBlockNumber()) + 1n;
    const rollup = await deployBuildAhead(network);
    const name = "deploy BuildAheadRollup and its libraries, window closed";
    world.tell({ id: "upgrade.deploy", name, outcome: "success", ...(await sumBlocks(chain, from)) });

    const proposedAt = await chain.now();
    const { steps, followers, registeredAt } = await registerRollup(network, {
      deployer: network.deployer,
      rollup,
      path: "signal",
      canonical: world.rollup,
      signerOf: (validator) => keys.accountOf(validator),
    });
    tellGovernance(world, "upgrade", steps);
    await advanceToEpoch(chain, rollup, firstEpochSampledAfter(rollup.timing, registeredAt));
    return { rollup, followers, seconds: registeredAt - proposedAt };
  },
};
