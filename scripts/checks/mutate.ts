/**
 * Mutation testing of the contracts: changes them one place at a time and checks that a test notices.
 *
 *   npm run mutate -- [--seed TEXT] [--sample N] [--file PART]... [--lanes N] [--timeout SECONDS] [--tree FOLDER]
 *                     [--again] [--list] [--render]
 *
 * `--again` judges those anew that survived or were given up before, after tests were added or on a less busy machine.
 * `--sample` takes at most N mutants of each file, by the seed. Results are kept after each mutant, so a run that was cut
 * goes on where it was; those of a file that has changed since are dropped.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { applyMutant, findMutants, type Mutant } from "./mutation/findMutants.ts";
import { Lane } from "./mutation/lane.ts";
import type { MutantResult, MutatedFile, MutationReport } from "./mutation/mutationReport.ts";
import { renderMutation } from "./mutation/renderMutation.ts";
import { shuffle } from "./mutation/shuffle.ts";
import { testPlans, type TestPlan } from "./mutation/testPlan.ts";
import { copyTree, prepareTree } from "./mutation/tree.ts";
import { TreeCompiler } from "./mutation/treeCompiler.ts";

const projectRoot = path.resolve(import.meta.dirname, "../..");
const evidence = path.join(projectRoot, "evidence");

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "build-ahead" },
    sample: { type: "string", default: "1000000" },
    file: { type: "string", multiple: true, default: [""] },
    lanes: { type: "string", default: "1" },
    timeout: { type: "string", default: "600" },
    tree: { type: "string", default: path.join(tmpdir(), "build-ahead-mutation") },
    again: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    render: { type: "boolean", default: false },
  },
});

interface Job {
  readonly plan: TestPlan;
  readonly mutant: Mutant;
  readonly source: Buffer;
}

const reportFile = path.join(evidence, "mutation.json");
const known = existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, "utf8")) as MutationReport) : undefined;

if (options.render) {
  if (known === undefined) throw new Error("There is no report to render.");
  writeReport(known);
} else {
  await mutate();
}

async function mutate(): Promise<void> {
  prepareTree(projectRoot, options.tree);
  const compiler = new TreeCompiler([path.join(options.tree, "artifacts/build-info")]);
  const files: MutatedFile[] = [];
  const jobs: Job[] = [];
  for (const plan of testPlans) {
    const { content: source, ast } = compiler.source(plan.file);
    const sha256 = hashOf(source);
    const mutants = findMutants(plan.file, source, ast);
    files.push({ file: plan.file, sha256, mutants: mutants.length });
    if (!options.file.some((part) => plan.file.includes(part))) continue;
    if (hashOf(readSource(plan.file)) !== sha256) {
      throw new Error(`${plan.file} is not what the tree has: remove ${options.tree}.`);
    }
    const sample = shuffle(mutants, options.seed).slice(0, Number(options.sample));
    jobs.push(...sample.map((mutant) => ({ plan, mutant, source })));
  }
  if (options.list) {
    for (const { file, mutants } of files) console.log(`${String(mutants).padStart(5)}  ${file}`);
    console.log(`${String(files.reduce((sum, { mutants }) => sum + mutants, 0)).padStart(5)}  in all`);
    return;
  }

  const commit = execFileSync("git", ["log", "-1", "--format=%H", "--", "contracts"], { cwd: projectRoot });
  const results = resultsFor(files);
  await runJobs(jobs, results, () =>
    writeReport({ seed: options.seed, commit: commit.toString().trim(), files, results: inOrder(results, files) }),
  );
}

/** Half of the lanes begin with what Solidity tests judge, the others with what needs a chain; then they help out. */
async function runJobs(jobs: readonly Job[], results: MutantResult[], onResult: () => void): Promise<void> {
  const known = new Map(results.map(({ id, status }) => [id, status]));
  const isDoubtful = ({ mutant }: Job) => ["survived", "timed-out"].includes(known.get(mutant.id) ?? "");
  const fresh = jobs.filter(({ mutant }) => !known.has(mutant.id));
  const open = options.again ? [...jobs.filter(isDoubtful), ...fresh] : fresh;
  const unit = roundRobin(open.filter(({ plan }) => plan.solidity.length > 0));
  const chain = roundRobin(open.filter(({ plan }) => plan.solidity.length === 0));
  const greens = new Map<string, Promise<void>>();
  let count = 0;

  const runLane = async (index: number): Promise<void> => {
    const tree = `${options.tree}-${index}`;
    copyTree(options.tree, tree);
    const lane = new Lane(tree, Number(options.timeout), greens);
    const [first, second] = index % 2 === 0 ? [unit, chain] : [chain, unit];
    for (let job = first.shift() ?? second.shift(); job !== undefined; job = first.shift() ?? second.shift()) {
      const { plan, mutant, source } = job;
      const started = performance.now();
      const verdict = await lane.judge(plan, applyMutant(source, mutant), source);
      const seconds = Math.round((performance.now() - started) / 100) / 10;
      const former = results.findIndex(({ id }) => id === mutant.id);
      results.splice(former < 0 ? results.length : former, 1, { ...mutant, ...verdict, seconds });
      onResult();
      const by = "by" in verdict ? ` by ${verdict.by}` : "";
      console.log(`${++count}/${open.length} ${mutant.id}: ${verdict.status}${by} (${seconds} s)`);
    }
    await lane.close();
  };
  await Promise.all(Array.from({ length: Number(options.lanes) }, (_, index) => runLane(index)));
}

/** One mutant of each file in turn, so that a run that is cut has seen something of every file. */
function roundRobin(open: readonly Job[]): Job[] {
  const rank = new Map<string, number>();
  return open
    .map((job) => {
      const turn = rank.get(job.plan.file) ?? 0;
      rank.set(job.plan.file, turn + 1);
      return { job, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ job }) => job);
}

/** What an earlier run has found of sources that are still the same. */
function resultsFor(files: readonly MutatedFile[]): MutantResult[] {
  const same = new Set(
    files
      .filter(({ file, sha256 }) => known?.files.some((other) => other.file === file && other.sha256 === sha256))
      .map(({ file }) => file),
  );
  return known?.results.filter(({ file }) => same.has(file)) ?? [];
}

/** In the order of files and sources, whatever order they were run in. */
function inOrder(results: readonly MutantResult[], files: readonly MutatedFile[]): MutantResult[] {
  const order = new Map(files.map(({ file }, index) => [file, index]));
  return [...results].sort(
    (a, b) => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || a.start - b.start || (a.id < b.id ? -1 : 1),
  );
}

function writeReport(report: MutationReport): void {
  const reasonsFile = path.join(evidence, "mutation.reasons.json");
  const reasons = existsSync(reasonsFile)
    ? (JSON.parse(readFileSync(reasonsFile, "utf8")) as Record<string, string>)
    : {};
  const outdated = report.files.filter(({ file, sha256 }) => hashOf(readSource(file)) !== sha256);
  write(reportFile, `${JSON.stringify(report, null, 1)}\n`);
  write(
    path.join(evidence, "mutation.md"),
    renderMutation(
      report,
      reasons,
      outdated.map(({ file }) => file),
    ),
  );
}

/** Whole or not at all: a run may be cut at any time. */
function write(file: string, content: string): void {
  mkdirSync(evidence, { recursive: true });
  writeFileSync(`${file}.tmp`, content);
  renameSync(`${file}.tmp`, file);
}

function readSource(file: string): Buffer {
  return readFileSync(path.join(projectRoot, file));
}

function hashOf(source: Buffer): string {
  return createHash("sha256").update(source).digest("hex");
}
