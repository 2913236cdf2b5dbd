/**
 * A warm process that compiles one changed Solidity test at a time and runs it. It is a process of its own because a
 * mutant may never end, and because a compiler that has run often is best thrown away.
 *
 * Arguments: the tree's root, a folder for artifacts. The parent sends {@link WorkerRequest}s and gets one
 * {@link WorkerAnswer} for each.
 */
import { mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

import { createHardhatRuntimeEnvironment } from "hardhat/hre";

import { solidityTestSettings } from "../../solidityTestSettings.ts";
import { writeArtifacts } from "./artifactFiles.ts";
import { NotViableError, TreeCompiler, type CompiledContract } from "./treeCompiler.ts";

/** New contents by project file. */
export type Changes = Readonly<Record<string, string>>;

/** Run a Solidity test, or compile what a chain test deploys. */
export type WorkerRequest =
  | { readonly kind: "test"; readonly testFile: string; readonly changes: Changes }
  | { readonly kind: "compile"; readonly roots: readonly string[]; readonly changes: Changes };

export type WorkerAnswer =
  | { readonly outcome: "green" }
  | { readonly outcome: "red"; readonly by: string }
  | { readonly outcome: "not-viable"; readonly reason: string }
  | { readonly outcome: "compiled"; readonly contracts: readonly CompiledContract[] };

interface TestRun {
  readonly success: boolean;
  readonly value?: SuiteResults;
  readonly error?: SuiteResults;
}

interface SuiteResults {
  readonly suiteResults: readonly {
    readonly testResults: readonly { readonly name: string; readonly status: string }[];
  }[];
}

const [tree = "", artifacts = ""] = process.argv.slice(2);
if (tree === "" || artifacts === "") throw new Error("Give the tree and a folder for artifacts.");

// Hardhat looks into build infos for what is not needed here; only the name has to look like one.
const BUILD_INFO_ID = "solc-0_8_30-00";

process.chdir(tree);
const compiler = new TreeCompiler([path.join(tree, "artifacts/build-info")]);
const { fuzz, fsPermissions } = solidityTestSettings;
const hre = await createHardhatRuntimeEnvironment(
  {
    solidity: { version: "0.8.30", path: createRequire(import.meta.url).resolve("solc/soljson.js") },
    paths: { artifacts },
    // A loop that never ends shall run out of gas before the trace of its steps has taken all memory.
    test: {
      solidity: {
        fuzz: { ...fuzz, failurePersistDir: path.join(artifacts, "fuzz") },
        fsPermissions,
        gasLimit: 1n << 28n,
      },
    },
  },
  {},
  tree,
);

async function answer(request: WorkerRequest): Promise<WorkerAnswer> {
  try {
    if (request.kind === "test") return await runTest(request.testFile, request.changes);
    const contracts = request.roots.flatMap((root) => compiler.compile(root, request.changes, { optimize: true }));
    return { outcome: "compiled", contracts };
  } catch (error) {
    if (error instanceof NotViableError) return { outcome: "not-viable", reason: error.message };
    throw error;
  }
}

async function runTest(testFile: string, changes: Changes): Promise<WorkerAnswer> {
  rmSync(artifacts, { recursive: true, force: true });
  mkdirSync(path.join(artifacts, "build-info"), { recursive: true });
  writeArtifacts(artifacts, BUILD_INFO_ID, compiler.compile(testFile, changes, { optimize: false }));
  const examples = await runMatching(testFile, { grepExclude: FUZZ });
  const properties = examples.failed === undefined ? await runMatching(testFile, { grep: FUZZ }) : examples;
  if (properties.failed !== undefined) return { outcome: "red", by: properties.failed };
  if (examples.count + properties.count === 0) throw new Error(`${testFile} has no tests.`);
  return { outcome: "green" };
}

/** Tests with examples are quick and kill most mutants. */
const FUZZ = "^(testFuzz|invariant)";

async function runMatching(
  testFile: string,
  filter: { readonly grep: string } | { readonly grepExclude: string },
): Promise<{ readonly count: number; readonly failed: string | undefined }> {
  const task = hre.tasks.getTask(["test", "solidity"]);
  const run = (await task.run({ testFiles: [testFile], noCompile: true, ...filter })) as TestRun;
  const tests = ((run.success ? run.value : run.error)?.suiteResults ?? []).flatMap(({ testResults }) => testResults);
  const failed = tests.find(({ status }) => status === "Failure")?.name;
  if (run.success && failed !== undefined) throw new Error(`${testFile} neither passed nor failed.`);
  return { count: tests.length, failed: run.success ? undefined : (failed ?? "set-up") };
}

process.on("message", (request: WorkerRequest) => {
  answer(request).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
