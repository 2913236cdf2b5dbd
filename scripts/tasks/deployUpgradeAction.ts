import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { isAddressEqual } from "viem";

import { buildFirst } from "./buildFirst.ts";
import { parseAddress } from "./readArguments.ts";
import { runAction } from "./runAction.ts";
import { runDeployment, type DeploymentArguments } from "./runDeployment.ts";

interface DeployUpgradeArguments extends DeploymentArguments {
  readonly registry: string;
}

export default function deployUpgradeAction(
  { registry, ...options }: DeployUpgradeArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runAction(async () => {
    const address = parseAddress("registry", registry);
    await buildFirst(hre);
    const { planUpgrade } = await import("../../harness/deployments/planUpgrade.ts");
    const { describeUnknownRollup } = await import("../../harness/deployments/knownNetworks.ts");
    const { RecordMismatchError } = await import("../../harness/deployments/validateRecord.ts");
    const { renderDifferences } = await import("../../harness/report/renderDeployment.ts");
    await runDeployment(hre, options, {
      plan: async (target, parameters, known) => {
        if (known === undefined) return planUpgrade(target, address, parameters);
        if (isAddressEqual(known.contracts.registry, address)) return known;
        throw new RecordMismatchError("registry", known.contracts.registry, address);
      },
      show: async ({ canonical, differences }, network) => {
        const doubt = describeUnknownRollup(network, canonical);
        if (doubt !== undefined) console.log(`CAREFUL: ${doubt}.\n`);
        console.log(`The new rollup differs from the canonical one, ${canonical}, in this and nothing else:\n`);
        console.log(renderDifferences(differences));
      },
    });
  });
}
