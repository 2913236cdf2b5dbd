import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { isAddressEqual } from "viem";

import type { DeploymentRecord } from "../../harness/deployments/deploymentRecord.ts";
import type { Resumption } from "../../harness/deployments/resumeJournal.ts";
import { buildFirst } from "./buildFirst.ts";
import { confirm } from "./confirm.ts";
import { describeBuild } from "./describeBuild.ts";
import { openNetwork, openTarget } from "./openTarget.ts";
import { parseAddress, readJson } from "./readArguments.ts";
import { runAction } from "./runAction.ts";

interface DeployUpgradeArguments {
  readonly registry: string;
  readonly parameters: string;
  readonly name: string;
  readonly confirmations: number;
  readonly yes: boolean;
}

export default function deployUpgradeAction(
  { registry, parameters: file, name, confirmations, yes }: DeployUpgradeArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runAction(async () => {
    const address = parseAddress("registry", registry);
    await buildFirst(hre);
    const { parseUpgradeParameters } = await import("../../harness/deployments/upgradeParameters.ts");
    const { planUpgrade } = await import("../../harness/deployments/planUpgrade.ts");
    const { deployUpgrade } = await import("../../harness/deployments/deployUpgrade.ts");
    const { describeUnknownRollup } = await import("../../harness/deployments/knownNetworks.ts");
    const { RecordStore, writeWhole } = await import("../../harness/deployments/recordStore.ts");
    const { RecordMismatchError } = await import("../../harness/deployments/validateRecord.ts");
    const { renderDeployment, renderDifferences } = await import("../../harness/report/renderDeployment.ts");

    const parameters = parseUpgradeParameters(file === "" ? {} : await readJson(file));
    const opened = await openNetwork(hre, true);
    const store = RecordStore.open(path.join(hre.config.paths.root, opened.folder), name);
    try {
      const target = await openTarget(hre, opened, confirmations);
      const known = store.read();
      if (known !== undefined && !isAddressEqual(known.plan.contracts.registry, address)) {
        throw new RecordMismatchError("registry", known.plan.contracts.registry, address);
      }
      const plan = known?.plan ?? (await planUpgrade(target, address, parameters));
      const doubt = describeUnknownRollup(opened.network, plan.canonical);
      if (doubt !== undefined) console.log(`CAREFUL: ${doubt}.\n`);
      console.log(`The new rollup differs from the canonical one, ${plan.canonical}, in this and nothing else:\n`);
      console.log(renderDifferences(plan.differences));
      console.log(`\nDeployer ${target.sender} on ${opened.network}, chain ${target.node.chainId}.`);
      if (!yes) await confirm("Deploy it?");

      let done = known?.steps.length ?? 0;
      const record = await deployUpgrade(target, {
        name,
        store,
        plan,
        parameters,
        build: await describeBuild(hre),
        onResume: printResumption,
        onRecord: (current) => {
          writeWhole(store.file.replace(/json$/, "md"), renderDeployment(current));
          printSteps(current, done);
          done = Math.max(done, current.steps.length);
        },
      });
      const { rollup, payload } = record.addresses;
      console.log(`\nDeployed and checked: rollup ${rollup}, payload ${payload}.`);
      console.log(`Record: ${path.join(opened.folder, `${name}.json`)}, and .md beside it for people.`);
    } finally {
      store.release();
      await opened.close();
    }
  });
}

function printSteps({ steps }: DeploymentRecord, from: number): void {
  for (const { contract, functionName, address, txHash } of steps.slice(from)) {
    const what = functionName === undefined ? contract : `${contract}.${functionName}`;
    console.log(`  ${what.padEnd(34)} ${address}  ${txHash}`);
  }
}

function printResumption({ found, redone }: Resumption): void {
  console.log("Going on where the last run ended.");
  if (found.length > 0) console.log(`  Arrived after all: ${found.join(", ")}`);
  if (redone.length > 0) console.log(`  Sent again: ${redone.join(", ")}`);
}
