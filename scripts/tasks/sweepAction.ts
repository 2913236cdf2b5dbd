import { readdir, mkdir, stat, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import type { RunResult, SampleResult, SweepEvidence } from "../../harness/sweep/record/sweepResult.ts";
import type { NamedShard, ShardFile } from "../../harness/sweep/sweepShards.ts";
import { buildFirst } from "./buildFirst.ts";
import { describeHarness } from "./describeBuild.ts";
import { chooseEvidenceFolder, openEvidenceFolder } from "./evidenceFolder.ts";
import { makeProgress } from "./progress.ts";
import { readJson } from "./readArguments.ts";
import { runAction } from "./runAction.ts";

interface SweepArguments {
  readonly seed: string;
  readonly seeds: number;
  readonly slots: number;
  readonly workers: number;
  readonly shard: string;
  readonly merge: string;
  readonly quick: boolean;
  readonly out: string;
}

const MAX_WORKERS = 256;
/** Where an interrupted sweep finds what it has. */
const JOURNAL = path.join("tmp", "sweep", "results.jsonl");
const CHART_FOLDER = "charts";

export default async function sweepAction(
  { quick, shard: shardText, merge, workers, out, ...asked }: SweepArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  await runAction(async () => {
    const { root } = hre.config.paths;
    const { assertCount, parseShard, planFor, runsOfShard, variationsOf } =
      await import("../../harness/sweep/sweepPlan.ts");
    const { makeEvidence, mergeShards } = await import("../../harness/sweep/sweepShards.ts");
    if (merge !== "") {
      const evidence = mergeShards(await readShards(root, merge));
      const name = chooseEvidenceFolder({ task: "sweep", out, variations: [] });
      const folder = await openEvidenceFolder(root, name);
      // The report takes terms from where ABIs are.
      await buildFirst(hre);
      await writeEvidence(folder, name, evidence);
      return;
    }
    const request = { ...asked, isQuick: quick };
    const plan = planFor(request);
    const shard = parseShard(shardText);
    assertCount("workers", workers, 0, MAX_WORKERS);
    const name = chooseEvidenceFolder({ task: "sweep", out, variations: variationsOf(request, shard) });
    const folder = await openEvidenceFolder(root, name);
    await openEvidenceFolder(root, path.dirname(JOURNAL));
    // What runs takes ABIs from the build while it loads.
    await buildFirst(hre);

    const { ResultJournal } = await import("../../harness/sweep/resultJournal.ts");
    const { nameOfRun } = await import("../../harness/sweep/record/sweepPoint.ts");
    const { runInPool } = await import("../../harness/sweep/sweepPool.ts");
    const commit = await describeHarness(root);
    const journal = new ResultJournal(path.resolve(root, JOURNAL), commit, ({ run }: RunResult) => nameOfRun(run));
    const runs = runsOfShard(plan, shard);
    const left = runs.filter((run) => journal.get(nameOfRun(run)) === undefined);
    const done = runs.length - left.length;
    console.log(`${runs.length} runs of ${plan.slots} slots${done > 0 ? `, ${done} of them done before` : ""}.`);
    const progress = makeProgress(runs.length, "run");
    let count = done;
    await runInPool(left, workers === 0 ? availableParallelism() : workers, (result) => {
      journal.add(result);
      progress(++count);
    });
    const results = runs.flatMap((run) => journal.get(nameOfRun(run)) ?? []);
    const sample = shard.index === 1 ? await runSamples(hre, plan) : [];
    if (shard.of === 1) {
      await writeEvidence(folder, name, makeEvidence({ commit, plan }, results, sample));
      return;
    }
    const file = `sweep-${shard.index}-of-${shard.of}.json`;
    const content: ShardFile = { commit, plan, shard, results, sample };
    await writeFile(path.join(folder, file), `${JSON.stringify(content)}\n`);
    console.log(`Wrote ${path.join(name, file)}.`);
  });
}

async function runSamples(
  hre: HardhatRuntimeEnvironment,
  plan: SweepEvidence["plan"],
): Promise<readonly SampleResult[]> {
  const { ChainLedgers } = await import("../../harness/ledger/chainLedgers.ts");
  const { runSample } = await import("../../harness/sweep/runSample.ts");
  const { sampleOf } = await import("../../harness/sweep/sweepPlan.ts");
  const ledgers = new ChainLedgers(hre);
  try {
    const runs = sampleOf(plan);
    console.log(`On the contracts beside it: ${runs.length} of the points, ${plan.sample.slots} slots each.`);
    const sample: SampleResult[] = [];
    for (const run of runs) {
      sample.push(await runSample(ledgers.open.bind(ledgers), run));
      console.log(`  ${run.weather}, window ${run.windowSeconds} s, share ${run.share}: equal`);
    }
    return sample;
  } finally {
    await ledgers.close();
  }
}

/** @param files Separated by commas, or a folder */
async function readShards(root: string, files: string): Promise<readonly NamedShard[]> {
  const named = path.resolve(root, files);
  const isFolder = await stat(named).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const all = isFolder
    ? (await readdir(named))
        .filter((file) => /^sweep-\d+-of-\d+\.json$/.test(file))
        .map((file) => path.join(files, file))
    : files.split(",");
  return Promise.all(all.sort().map(async (file) => ({ file, content: await readJson(path.resolve(root, file)) })));
}

async function writeEvidence(folder: string, name: string, evidence: SweepEvidence): Promise<void> {
  const { OPEN_TERMS } = await import("../../harness/network/deployBuildAhead.ts");
  const { renderSweep } = await import("../../harness/report/renderSweep.ts");
  const { renderSweepChart, SWEEP_CHARTS } = await import("../../harness/report/sweepCharts.ts");
  const { printEvidence } = await import("../../harness/sweep/record/sweepResult.ts");
  // All of it before the first file: a report that cannot be made leaves nothing behind.
  const report = renderSweep(evidence, OPEN_TERMS);
  const charts = await Promise.all(
    SWEEP_CHARTS.map(async (chart) => [chart.file, await renderSweepChart(chart, evidence)] as const),
  );
  await mkdir(path.join(folder, CHART_FOLDER), { recursive: true });
  await writeFile(path.join(folder, "sweep.json"), printEvidence(evidence));
  await writeFile(path.join(folder, "sweep.md"), report);
  for (const [file, svg] of charts) await writeFile(path.join(folder, CHART_FOLDER, file), svg);
  console.log(`Wrote ${path.join(name, "sweep.json")}, sweep.md and ${charts.length} charts.`);
}
