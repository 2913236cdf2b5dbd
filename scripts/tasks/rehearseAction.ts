import { constants } from "node:fs";
import { access, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { BuildAheadError } from "../../harness/errors.ts";
import {
  InvalidOptionError,
  parseRehearsalOptions,
  type RawRehearsalOptions,
} from "../../harness/rehearsal/rehearsalOptions.ts";
import type { RehearsalStep } from "../../harness/rehearsal/rehearsalReport.ts";
import { renderRehearsal, renderSummary } from "../../harness/rehearsal/renderRehearsal.ts";

interface RehearseArguments extends RawRehearsalOptions {
  readonly out: string;
}

export default async function rehearseAction(
  { out, ...raw }: RehearseArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  try {
    const options = parseRehearsalOptions(raw);
    const folder = await openFolder(hre.config.paths.root, out);
    console.log("Compiling (about a minute the first time) ...");
    await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
    const started = performance.now();
    // Reads artifacts when it loads, so it cannot be imported before there are any.
    const { rehearse } = await import("../../harness/rehearsal/rehearse.ts");
    const { report } = await rehearse(options, {
      onPhase: (title) => {
        console.log(`\n${title}`);
      },
      onStep: printStep,
      onKeyProgress: (done, count) => {
        if (done % 16 === 0) console.log(`  validator keys ${done}/${count}`);
      },
    });

    await writeFile(path.join(folder, "rehearsal.json"), `${JSON.stringify(report, undefined, 2)}\n`);
    await writeFile(path.join(folder, "rehearsal.md"), renderRehearsal(report));
    console.log(`\n${renderSummary(report)}`);
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(
      `\nWrote ${path.join(out, "rehearsal.json")} and ${path.join(out, "rehearsal.md")} after ${seconds} s.`,
    );
  } catch (error) {
    if (!(error instanceof BuildAheadError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Before the work, so that a bad path costs nothing. */
async function openFolder(root: string, out: string): Promise<string> {
  const folder = path.resolve(root, out);
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return folder;
  } catch (cause) {
    throw new InvalidOptionError("out", out, `a folder that can be written (${(cause as NodeJS.ErrnoException).code})`);
  }
}

function printStep({ name, gasUsed, transactions, outcome, revert, note }: RehearsalStep): void {
  const mark = outcome === "success" ? "ok " : "no ";
  const count = transactions === 1 ? "" : ` (${transactions} transactions)`;
  const why = revert === undefined ? "" : `  ${revert.error}`;
  const aside = note === undefined ? "" : `  [${note}]`;
  console.log(`  ${mark}${gasUsed.toLocaleString("en-US").padStart(12)} gas  ${name}${count}${why}${aside}`);
}
