import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { parseBenchOptions, type RawBenchOptions } from "../../harness/bench/record/benchOptions.ts";
import { planCheck, planEvidence } from "../../harness/bench/record/benchPlan.ts";
import { describeSetup } from "../../harness/bench/benchSetup.ts";
import { assertNoDrift, findDrift } from "../../harness/bench/compareEvidence.ts";
import { readEvidence, type GasEvidence } from "../../harness/bench/record/evidence.ts";
import type { BenchResult } from "../../harness/bench/runBench.ts";
import { BuildAheadError } from "../../harness/errors.ts";
import { openEvidenceFolder } from "./evidenceFolder.ts";

interface BenchArguments extends RawBenchOptions {
  readonly check: boolean;
}

const FOLDER = "evidence";

export default async function benchAction(
  { check, ...raw }: BenchArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  try {
    const options = parseBenchOptions(raw);
    const folder = path.join(hre.config.paths.root, FOLDER);
    // Before the work: a check against nothing need not begin.
    const committed = check ? await readEvidence(path.join(folder, "gas.json")) : undefined;
    if (!check && options.isComplete) await openEvidenceFolder(hre.config.paths.root, FOLDER);
    console.log("Compiling (about a minute the first time) ...");
    await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
    // What takes ABIs from the build cannot be imported before there is one.
    const { runBench } = await import("../../harness/bench/runBench.ts");
    const { assertGasFilesMatch, writeGasFiles } = await import("../../harness/report/gasFiles.ts");
    const started = performance.now();
    const legs = check ? planCheck(options) : planEvidence(options);
    const result = await runBench(hre, legs, options.runs, makeProgress());

    const seconds = Math.round((performance.now() - started) / 1000);
    if (committed !== undefined) {
      compare(result, committed);
      await assertGasFilesMatch(folder, committed);
      console.log(`\n${count(result)} figures' rows agree with the committed evidence (${seconds} s).`);
    } else if (options.isComplete) {
      const files = await writeGasFiles(folder, { ...describe(hre), ...result });
      console.log(`\nWrote ${files.map((file) => path.join(FOLDER, file)).join(", ")} after ${seconds} s.`);
    } else {
      print(result);
      console.log(`\nA part only, so ${FOLDER} stays as it is (${seconds} s).`);
    }
  } catch (error) {
    if (!(error instanceof BuildAheadError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Overwrites one line on a terminal; elsewhere a line per case would be noise, so only the leg is named. */
function makeProgress(): (words: string) => void {
  let leg = "";
  return (words) => {
    if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K  ${words.slice(0, 110)}`);
    const name = words.slice(0, words.indexOf(":"));
    if (!process.stdout.isTTY && name !== leg) console.log(`  ${name} ...`);
    leg = name;
  };
}

function compare(result: BenchResult, committed: GasEvidence): void {
  assertNoDrift([
    ...findDrift(result.records, committed.records),
    ...findDrift(result.floorDesigns, committed.floorDesigns),
    ...findDrift(result.storage, committed.storage),
  ]);
}

const count = ({ records, floorDesigns, storage }: BenchResult) =>
  records.length + floorDesigns.length + storage.length;

/** What the figures depend on besides the sources. */
function describe(hre: HardhatRuntimeEnvironment): Pick<GasEvidence, "format" | "upstream" | "compiler" | "setup"> {
  const [compiler] = hre.config.solidity.profiles["default"]?.compilers ?? [];
  const settings = (compiler?.settings ?? {}) as { evmVersion?: string; optimizer?: { runs?: number } };
  return {
    format: 2,
    upstream: "@aztec/l1-artifacts 4.1.2",
    compiler: {
      version: compiler?.version ?? "unknown",
      evmVersion: settings.evmVersion ?? "default",
      optimizerRuns: settings.optimizer?.runs ?? 0,
    },
    setup: describeSetup(),
  };
}

function print({ records, floorDesigns, storage }: BenchResult): void {
  console.log();
  for (const {
    hardfork,
    committee,
    blobs,
    case: name,
    variant,
    gasUsed,
    execution,
    upstreamGasUsed,
    ratio,
  } of records) {
    const beside = upstreamGasUsed === undefined ? "" : `  upstream ${upstreamGasUsed}, ratio ${ratio}`;
    console.log(
      `${hardfork} ${committee}  ${name}, ${variant}, ${blobs} blobs: ${gasUsed} gas, execution ${execution}${beside}`,
    );
  }
  for (const { design, hardfork, committee, success, duplicate, duplicateBundled } of floorDesigns) {
    console.log(
      `${hardfork} ${committee}  ${design}: lands for ${success}, duplicate ${duplicate}, bundled ${duplicateBundled}`,
    );
  }
  for (const { path: name, implementation, hardfork, committee, coldWords, newWords } of storage) {
    console.log(
      `${hardfork} ${committee}  storage, ${name}, ${implementation}: ${coldWords} cold words, ${newWords} new`,
    );
  }
}
