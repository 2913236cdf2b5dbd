import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import type { DeploymentPlan, DeploymentRecord } from "../../harness/deployments/deploymentRecord.ts";
import type { DeploymentTarget } from "../../harness/deployments/deploymentTarget.ts";
import type { Resumption } from "../../harness/deployments/resumeJournal.ts";
import type { UpgradeParameters } from "../../harness/deployments/upgradeParameters.ts";
import { confirm } from "./confirm.ts";
import { describeBuild } from "./describeBuild.ts";
import { openNetwork, openTarget } from "./openTarget.ts";
import { readJson } from "./readArguments.ts";

/** What the tasks that deploy have in common on the command line. */
export interface DeploymentArguments {
  readonly parameters: string;
  readonly name: string;
  readonly confirmations: number;
  readonly yes: boolean;
}

interface Deployment {
  /** Decides what to deploy. @param known What was decided when the record began */
  plan(
    target: DeploymentTarget,
    parameters: UpgradeParameters,
    known: DeploymentPlan | undefined,
  ): Promise<DeploymentPlan>;
  /** Shows it, before anybody is asked. */
  show(plan: DeploymentPlan, network: string): Promise<void>;
}

/** Opens the network and the record, asks, deploys, and says what was done. The contracts are built already. */
export async function runDeployment(
  hre: HardhatRuntimeEnvironment,
  { parameters: file, name, confirmations, yes }: DeploymentArguments,
  deployment: Deployment,
): Promise<void> {
  const { parseUpgradeParameters } = await import("../../harness/deployments/upgradeParameters.ts");
  const { deployPlan } = await import("../../harness/deployments/deployPlan.ts");
  const { RecordStore, writeWhole } = await import("../../harness/deployments/recordStore.ts");
  const { renderDeployment } = await import("../../harness/report/renderDeployment.ts");

  const parameters = parseUpgradeParameters(file === "" ? {} : await readJson(file));
  const opened = await openNetwork(hre, true);
  try {
    const store = RecordStore.open(path.join(hre.config.paths.root, opened.folder), name);
    try {
      const target = await openTarget(hre, opened, confirmations);
      const known = store.read();
      const plan = await deployment.plan(target, parameters, known?.plan);
      await deployment.show(plan, opened.network);
      console.log(`\nDeployer ${target.sender} on ${opened.network}, chain ${target.node.chainId}.`);
      if (!yes) await confirm("Deploy it?");

      let done = known?.steps.length ?? 0;
      const record = await deployPlan(target, {
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
      console.log("\nDeployed and checked:");
      for (const [role, address] of Object.entries({ ...record.plan.contracts, ...record.addresses })) {
        console.log(`  ${role.padEnd(18)} ${address}`);
      }
      console.log(`Record: ${path.join(opened.folder, `${name}.json`)}, and .md beside it for people.`);
    } finally {
      store.release();
    }
  } finally {
    await opened.close();
  }
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
