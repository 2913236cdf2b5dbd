import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { buildFirst } from "./buildFirst.ts";
import { runAction } from "./runAction.ts";
import { runDeployment, type DeploymentArguments } from "./runDeployment.ts";

export default function deployFreshAction(options: DeploymentArguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  return runAction(async () => {
    await buildFirst(hre);
    const { planFresh } = await import("../../harness/deployments/planFresh.ts");
    const { mainnetLikeConfig } = await import("../../harness/network/networkConfig.ts");
    await runDeployment(hre, options, {
      plan: async (target, parameters, known) => known ?? planFresh(target, mainnetLikeConfig(), parameters),
      show: async ({ config, terms, verifier }) => {
        const { aztecSlotDuration, aztecEpochDuration, targetCommitteeSize, inboxLag } = config;
        console.log(
          `Slots of ${aztecSlotDuration} s, ${aztecEpochDuration} to an epoch, committees of ${targetCommitteeSize}`,
        );
        console.log(`Inbox lag ${inboxLag}, window ${terms.windowSeconds} s, verifier ${verifier}`);
      },
    });
  });
}
