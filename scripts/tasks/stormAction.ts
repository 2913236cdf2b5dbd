import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import type { StormEvidence, StormRecord } from "../../harness/report/renderStorms.ts";
import type { OpenLedger } from "../../harness/stage/runStage.ts";
import { parseStormRequest, type StormRequest } from "../../harness/stage/stormOptions.ts";
import type { StormReport } from "../../harness/stage/stormReport.ts";
import type { BatchResult } from "../../harness/sweep/stormBatches.ts";
import { buildFirst } from "./buildFirst.ts";
import { describeHarness } from "./describeBuild.ts";
import { chooseEvidenceFolder, openEvidenceFolder } from "./evidenceFolder.ts";
import { makeProgress } from "./progress.ts";
import { readJson } from "./readArguments.ts";
import { runAction } from "./runAction.ts";

interface StormArguments extends StormRequest {
  readonly shrink: boolean;
  readonly record: boolean;
  readonly out: string;
}

type ParsedArguments = StormArguments & { readonly ledger: "chain" | "model" };

/** Where interrupted storms find what has been run. */
const JOURNAL = path.join("tmp", "storms", "results.jsonl");

export default async function stormAction(asked: StormArguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  await runAction(async () => {
    const request = parseStormRequest(asked);
    const { root } = hre.config.paths;
    const name = chooseEvidenceFolder({ task: "storms", out: request.out, variations: [] });
    const folder = request.record ? await openEvidenceFolder(root, name) : undefined;
    await openEvidenceFolder(root, path.dirname(JOURNAL));
    // Whatever takes an ABI from the build while it loads has to find this one.
    await buildFirst(hre);
    const { ChainLedgers } = await import("../../harness/ledger/chainLedgers.ts");
    const { openModelLedger } = await import("../../harness/ledger/modelLedger.ts");
    const ledgers = new ChainLedgers(hre);
    const open: OpenLedger =
      request.ledger === "chain" ? ledgers.open.bind(ledgers) : async (setup) => openModelLedger(setup);
    try {
      if (request.only === "") await runAll(root, open, request, folder);
      else await printOne(open, request.only);
    } finally {
      await ledgers.close();
    }
  });
}

async function printOne(open: OpenLedger, seed: string): Promise<void> {
  const { runStorm } = await import("../../harness/stage/runStorm.ts");
  const { drawStorm } = await import("../../harness/stage/storm.ts");
  console.log((await runStorm(open, drawStorm(seed))).trace.render());
}

async function runAll(
  root: string,
  open: OpenLedger,
  request: ParsedArguments,
  folder: string | undefined,
): Promise<void> {
  const { ledger, seed, shrink } = request;
  const commit = await describeHarness(root);
  const report = await runBatches(path.resolve(root, JOURNAL), commit, open, request);
  const { failures, ...counts } = report;
  console.log(JSON.stringify({ ...counts, failed: failures.map((failure) => failure.seed) }, undefined, 2));
  if (folder !== undefined) await record(folder, ledger, { commit, seed, report });
  const [first] = failures;
  if (first === undefined) return;
  process.exitCode = 1;
  console.error(first.message);
  if (!shrink) return;
  const { shrinkStorm } = await import("../../harness/stage/runStorm.ts");
  const { drawStorm } = await import("../../harness/stage/storm.ts");
  const smallest = await shrinkStorm(open, drawStorm(first.seed));
  console.error(`\nFails as well, with ${smallest.slots} slots: ${JSON.stringify(smallest.faults, undefined, 2)}`);
}

/** Batch by batch: on the model side by side, on the chain one after the other. */
async function runBatches(
  file: string,
  commit: string,
  open: OpenLedger,
  { ledger, seed, runs, workers }: ParsedArguments,
): Promise<StormReport> {
  const { runStorms } = await import("../../harness/stage/runStorm.ts");
  const { addReports, EMPTY_REPORT } = await import("../../harness/stage/stormReport.ts");
  const { ResultJournal } = await import("../../harness/sweep/resultJournal.ts");
  const { batchesOf, nameOfBatch, runModelBatches } = await import("../../harness/sweep/stormBatches.ts");
  const journal = new ResultJournal(file, commit, ({ batch }: BatchResult) => nameOfBatch(batch));
  const batches = batchesOf({ ledger, seed, runs });
  const left = batches.filter((batch) => journal.get(nameOfBatch(batch)) === undefined);
  let done = batches.length - left.length;
  const progress = makeProgress(batches.length, "batch");
  const onResult = (result: BatchResult) => {
    journal.add(result);
    for (const failure of result.report.failures) console.log(`  no ${failure.seed}`);
    progress(++done);
  };
  if (ledger === "model") {
    await runModelBatches(left, workers === 0 ? availableParallelism() : workers, onResult);
  } else {
    for (const batch of left) onResult({ batch, report: await runStorms(open, batch) });
  }
  return batches
    .flatMap((batch) => journal.get(nameOfBatch(batch)) ?? [])
    .reduce((sum, { report }) => addReports(sum, report), EMPTY_REPORT);
}

async function record(folder: string, ledger: "chain" | "model", storms: StormRecord): Promise<void> {
  const { renderStorms } = await import("../../harness/report/renderStorms.ts");
  const file = path.join(folder, "storms.json");
  const before = existsSync(file) ? ((await readJson(file)) as StormEvidence) : {};
  const evidence: StormEvidence = { ...before, [ledger]: storms };
  await writeFile(file, `${JSON.stringify(evidence, undefined, 2)}\n`);
  await writeFile(path.join(folder, "storms.md"), renderStorms(evidence));
  console.log(`Wrote ${file} and storms.md.`);
}
