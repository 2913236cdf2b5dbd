import { globSync } from "node:fs";
import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { TaskArguments } from "hardhat/types/tasks";
import type { TestRunResult } from "hardhat/types/test";
import type { Result } from "hardhat/types/utils";
import mocha, { type MochaOptions, type Runner, type Stats } from "mocha";

/** The files that take longest, longest first: ten of them take most of the time, the longest a minute. */
const LONGEST = [
  "neutralityFuzz",
  "conservation",
  "atMostOnce",
  "epochBoundary",
  "rehearse",
  "livenessGas",
  "neutralityEpoch",
  "equivalence",
  "anvil",
  "epochProof",
].map((name) => `${name}.test.ts`);

export default async function mochaWorkersAction(
  taskArguments: TaskArguments,
  hre: HardhatRuntimeEnvironment,
  runSuper: (taskArguments: TaskArguments) => Promise<Result<TestRunResult, TestRunResult>>,
): Promise<Result<TestRunResult, TestRunResult>> {
  const { mocha: options } = hre.config.test;
  const given = taskArguments["testFiles"] as readonly string[];
  const testFiles = given.length > 0 ? given : longestFirst(findTestFiles(hre.config.paths.tests.mocha));

  // One file gains nothing from a worker, which takes two seconds to start and hides it from a debugger.
  if (testFiles.length === 1) options.parallel = false;
  options.require = [...(options.require ?? []), path.join(import.meta.dirname, "failOnRejection.ts")];

  let stats: Stats | undefined;
  options.reporter = class extends mocha.reporters.Spec {
    constructor(runner: Runner, reporterOptions: MochaOptions) {
      super(runner, reporterOptions);
      stats = this.stats;
    }
  };
  const result = await runSuper({ ...taskArguments, testFiles });
  if (stats === undefined) return result;

  // Hardhat counts the tests that its own process has loaded, and workers load them elsewhere.
  const summary = { passed: stats.passes, failed: stats.failures, skipped: stats.pending, todo: 0 };
  return result.success ? { success: true, value: { summary } } : { success: false, error: { summary } };
}

/** Every TypeScript file below the folder, as Hardhat would find them. */
function findTestFiles(folder: string): string[] {
  return globSync("**/*.ts", { cwd: folder }).map((file) => path.join(folder, file));
}

/** Puts the longest files first, because a worker that begins one when the others are done works alone. */
function longestFirst(files: readonly string[]): string[] {
  const place = (file: string): number => {
    const index = LONGEST.indexOf(path.basename(file));
    return index < 0 ? LONGEST.length : index;
  };
  return files.toSorted((one, other) => place(one) - place(other) || (one < other ? -1 : 1));
}
