import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { BuildAheadError } from "../../harness/errors.ts";
import type { OpenLedger } from "../../harness/stage/runStage.ts";
import { findStudyVariations, parseStudyRequest } from "../../harness/study/publishStudyOptions.ts";
import { chooseEvidenceFolder, openEvidenceFolder } from "./evidenceFolder.ts";

interface PublishStudyArguments {
  readonly seed: string;
  readonly slots: number;
  readonly quick: boolean;
  readonly out: string;
}

export default async function publishStudyAction(
  { out, ...raw }: PublishStudyArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  try {
    const request = parseStudyRequest(raw);
    const { root } = hre.config.paths;
    const name = chooseEvidenceFolder({ task: "publish-study", out, variations: findStudyVariations(request) });
    const folder = await openEvidenceFolder(root, name);
    const commit = execFileSync("git", ["log", "-1", "--format=%H", "--", "contracts", "harness"], { cwd: root });
    console.log(`Evidence goes to ${name}. Compiling (about a minute the first time) ...`);
    await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
    // After the build: whatever takes an ABI from it while it loads has to find this one.
    const { ChainLedgers } = await import("../../harness/ledger/chainLedgers.ts");
    const { openModelLedger } = await import("../../harness/ledger/modelLedger.ts");
    const { runPublishStudy, samplePublishStudy } = await import("../../harness/study/publishStudy.ts");
    const { renderPublishStudyFiles } = await import("../../harness/report/renderPublishStudy.ts");
    const ledgers = new ChainLedgers(hre);
    try {
      const openModel: OpenLedger = (setup) => Promise.resolve(openModelLedger(setup));
      const { sampledSlots, ...whole } = request;
      const study = await runPublishStudy(openModel, whole, showProgress);
      console.log(`\nOn the contracts, ${sampledSlots} slots of some of them ...`);
      const sample = await samplePublishStudy(ledgers.open.bind(ledgers), request, showProgress);
      const files = await renderPublishStudyFiles({ ...study, sample, commit: commit.toString().trim() });
      for (const [file, content] of files) {
        const target = path.join(folder, file);
        await mkdir(path.dirname(target), { recursive: true });
        await writeFile(target, content);
      }
      console.log(`\nWrote ${[...files.keys()].map((file) => path.join(name, file)).join(", ")}.`);
    } finally {
      await ledgers.close();
    }
  } catch (error) {
    if (!(error instanceof BuildAheadError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Overwrites one line on a terminal; elsewhere it writes when a policy is done. */
function showProgress(policy: string, done: number, all: number, isPolicyDone: boolean): void {
  const words = `  run ${done} of ${all}: ${policy}`;
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${words}`);
  else if (isPolicyDone) console.log(words);
}
