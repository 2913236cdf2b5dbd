import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { buildFirst } from "./buildFirst.ts";
import { openNetwork } from "./openTarget.ts";
import { parseAddress } from "./readArguments.ts";
import { runAction } from "./runAction.ts";

interface CheckDeploymentArguments {
  readonly name: string;
  readonly rollup: string;
  readonly registry: string;
  readonly all: boolean;
}

export default function checkDeploymentAction(
  { name, rollup, registry, all }: CheckDeploymentArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runAction(async () => {
    await buildFirst(hre);
    const { checkRecord, checkRollup } = await import("../../harness/deployments/checkRecord.ts");
    const { RecordStore } = await import("../../harness/deployments/recordStore.ts");
    const { findingsOf } = await import("../../harness/network/checkDeployment.ts");
    const { renderChecks } = await import("../../harness/report/renderDeployment.ts");

    const opened = await openNetwork(hre, false);
    try {
      const place = { ...opened, artifacts: hre.artifacts };
      const file = path.join(opened.folder, `${name}.json`);
      const checks =
        rollup === ""
          ? await checkRecord(place, RecordStore.read(path.join(hre.config.paths.root, file)))
          : await checkRollup(place, parseAddress("registry", registry), parseAddress("rollup", rollup));
      const findings = findingsOf(checks);
      if (all || findings.length > 0) console.log(`${renderChecks(all ? checks : findings)}\n`);
      console.log(`${checks.length} checks of ${rollup === "" ? file : rollup}, ${findings.length} found wrong.`);
      if (findings.length > 0) process.exitCode = 1;
    } finally {
      await opened.close();
    }
  });
}
