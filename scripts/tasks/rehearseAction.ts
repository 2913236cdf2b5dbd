import { writeFile } from "node:fs/promises";
import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { BuildAheadError } from "../../harness/errors.ts";
import { wantsFork, type RawForkOptions } from "../../harness/rehearsal/fork/forkOptions.ts";
import { findVariations, parseRehearsalOptions } from "../../harness/rehearsal/rehearsalOptions.ts";
import type { RehearsalStep } from "../../harness/rehearsal/rehearsalReport.ts";
import type { RehearsalListener } from "../../harness/rehearsal/stepRecorder.ts";
import { renderRehearsal, renderSummary } from "../../harness/report/renderRehearsal.ts";
import { chooseEvidenceFolder, openEvidenceFolder } from "./evidenceFolder.ts";
import { rehearseForkAction } from "./rehearseForkAction.ts";

interface RehearseArguments extends RawForkOptions {
  readonly out: string;
}

const LISTENER: RehearsalListener = {
  onPhase: (title) => {
    console.log(`\n${title}`);
  },
  onStep: printStep,
  onKeyProgress: (done, count) => {
    if (done % 16 === 0) console.log(`  validator keys ${done}/${count}`);
  },
};

export default async function rehearseAction(
  { out, ...raw }: RehearseArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  try {
    if (wantsFork(raw)) {
      await rehearseForkAction({ ...raw, out }, hre, LISTENER);
      return;
    }
    const options = parseRehearsalOptions(raw);
    const name = chooseEvidenceFolder({ task: "rehearsal", out, variations: findVariations(options) });
    const folder = await openEvidenceFolder(hre.config.paths.root, name);
    console.log(`Evidence goes to ${name}. Compiling (about a minute the first time) ...`);
    await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
    const started = performance.now();
    // After the build: whatever takes an ABI from it while it loads has to find this one.
    const { rehearse } = await import("../../harness/rehearsal/rehearse.ts");
    const { report } = await rehearse(hre, options, LISTENER);

    await writeFile(path.join(folder, "rehearsal.json"), `${JSON.stringify(report, undefined, 2)}\n`);
    await writeFile(path.join(folder, "rehearsal.md"), renderRehearsal(report));
    console.log(`\n${renderSummary(report)}`);
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(
      `\nWrote ${path.join(name, "rehearsal.json")} and ${path.join(name, "rehearsal.md")} after ${seconds} s.`,
    );
  } catch (error) {
    if (!(error instanceof BuildAheadError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

function printStep({ name, gasUsed, transactions, outcome, revert, note }: RehearsalStep): void {
  const mark = outcome === "success" ? "ok " : "no ";
  const count = transactions === 1 ? "" : ` (${transactions} transactions)`;
  const why = revert === undefined ? "" : `  ${revert.error}`;
  const aside = note === undefined ? "" : `  [${note}]`;
  console.log(`  ${mark}${gasUsed.toLocaleString("en-US").padStart(12)} gas  ${name}${count}${why}${aside}`);
}
