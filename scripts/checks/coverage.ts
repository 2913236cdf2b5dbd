/**
 * Line and branch coverage of the contracts, by Solidity tests and tests against a chain.
 *
 *   npm run coverage -- [--tree FOLDER] [--test FILE]... [--resume] [--render]
 *
 * `--resume` takes the tree of a run that was cut, and what it had measured.
 * Needs a build of the current sources, for their syntax trees. Writes `evidence/coverage.json` and `.md`; the reasons for
 * what is not reached are kept in `evidence/coverage.reasons.json`.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { copyProject } from "./copyProject.ts";
import { instrumentBranches, type InstrumentedSource } from "./coverage/branches.ts";
import { fileCoverage, type CoverageReport } from "./coverage/coverageReport.ts";
import { mergeHits, readLcov, type LineHits } from "./coverage/lcov.ts";
import { renderCoverage } from "./coverage/renderCoverage.ts";
import { TreeCompiler } from "./mutation/treeCompiler.ts";

const projectRoot = path.resolve(import.meta.dirname, "../..");
const evidence = path.join(projectRoot, "evidence");

const CONFIG_NAME = "hardhat.coverage.config.ts";
const CONFIG = `import { defineConfig } from "hardhat/config";

import config from "./hardhat.config.ts";

export default defineConfig({
  ...config,
  // What a process of its own has counted would be lost with it.
  test: { ...config.test, mocha: { ...(config.test?.mocha as object), parallel: false } },
  coverage: { skipFiles: ["contracts/test/**", "contracts/interfaces/**"] },
  // Counting costs gas and code; neither is what this run is about.
  networks: { default: { ...(config.networks?.default as object), allowUnlimitedContractSize: true } as never },
});
`;

/** Tests against a chain that reach our contracts, and together stay within minutes. */
const MOCHA_TESTS = [
  "test/harness/bench/compactProposer.test.ts",
  "test/harness/bench/guardedBundler.test.ts",
  "test/contracts/libraries/*.test.ts",
  "test/contracts/rollup/*.test.ts",
  "test/harness/network/deployBuildAhead.test.ts",
  "test/contracts/penalties/*.test.ts",
  "test/harness/accounting/*.test.ts",
];

const { values: options } = parseArgs({
  options: {
    tree: { type: "string", default: path.join(tmpdir(), "build-ahead-coverage") },
    "build-info": { type: "string", default: path.join(projectRoot, "artifacts/build-info") },
    test: { type: "string", multiple: true, default: MOCHA_TESTS },
    resume: { type: "boolean", default: false },
    render: { type: "boolean", default: false },
  },
});

const reportFile = path.join(evidence, "coverage.json");
const report = options.render ? (JSON.parse(readFileSync(reportFile, "utf8")) as CoverageReport) : measure();
const reasonsFile = path.join(evidence, "coverage.reasons.json");
const reasons = existsSync(reasonsFile)
  ? (JSON.parse(readFileSync(reasonsFile, "utf8")) as Record<string, string>)
  : {};
mkdirSync(evidence, { recursive: true });
writeFileSync(reportFile, `${JSON.stringify(report, null, 1)}\n`);
writeFileSync(path.join(evidence, "coverage.md"), renderCoverage(report, reasons));

function measure(): CoverageReport {
  const instrumented = instrument();
  if (!options.resume) prepareTree(instrumented);
  const mocha = globSync([...options.test], { cwd: projectRoot }).sort();
  const solidity = globSync("test/**/*.t.sol", { cwd: projectRoot }).sort();
  const hits = mergeHits([run(["test", "solidity"]), run(["test", "mocha", ...mocha])]);
  const files = [...instrumented].map(([file, source]) => fileCoverage(file, source, hits));
  const commit = execFileSync("git", ["log", "-1", "--format=%H", "--", "contracts"], { cwd: projectRoot });
  return { commit: commit.toString().trim(), tests: [...solidity, ...mocha], files };
}

function instrument(): Map<string, InstrumentedSource> {
  const compiler = new TreeCompiler([options["build-info"]]);
  const files = globSync("contracts/**/*.sol", { cwd: projectRoot })
    .filter((file) => !/^contracts\/(interfaces|test)\//.test(file))
    .sort();
  return new Map(
    files.map((file) => {
      const { content, ast } = compiler.source(file);
      if (!readFileSync(path.join(projectRoot, file)).equals(content)) throw new Error(`${file} changed: build first.`);
      return [file, instrumentBranches(content, ast)];
    }),
  );
}

function prepareTree(instrumented: ReadonlyMap<string, InstrumentedSource>): void {
  rmSync(options.tree, { recursive: true, force: true });
  copyProject(projectRoot, options.tree, { name: CONFIG_NAME, text: CONFIG });
  for (const [file, { content }] of instrumented) writeFileSync(path.join(options.tree, file), content);
}

/** Red tests are said, not fatal: counting costs gas, and what ran did run. */
function run(task: readonly string[]): LineHits {
  const kept = path.join(options.tree, `${task.slice(0, 2).join("-")}.info`);
  if (!options.resume || !existsSync(kept)) {
    const hardhat = path.join(options.tree, "node_modules/.bin/hardhat");
    const args = [hardhat, "--config", CONFIG_NAME, "--no-typechain", "--coverage", ...task];
    const { status } = spawnSync(process.execPath, args, {
      cwd: options.tree,
      stdio: ["ignore", "inherit", "inherit"],
    });
    if (status !== 0) console.error(`${task.slice(0, 2).join(" ")} was not all green.`);
    renameSync(path.join(options.tree, "coverage/lcov.info"), kept);
  }
  return readLcov(readFileSync(kept, "utf8"));
}
