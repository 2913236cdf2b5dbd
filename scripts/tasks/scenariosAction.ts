import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { BuildAheadError } from "../../harness/errors.ts";
import type { RunMetricsRegistry } from "../../harness/metrics/runMetricsRegistry.ts";
import type { NamedScenario } from "../../harness/scenarios/findSimulated.ts";
import type { ScenariosOptions } from "../../harness/scenarios/runScenarios.ts";
import { readDemandTrace } from "../../harness/sim/demandTrace.ts";
import { DEFAULT_SCENARIO_SEED } from "../../harness/stage/scenarioSeed.ts";
import { chooseEvidenceFolder, openEvidenceFolder } from "./evidenceFolder.ts";

interface ScenariosArguments {
  readonly only: string;
  readonly list: boolean;
  readonly seed: string;
  readonly demand: string;
  readonly trace: string;
  readonly out: string;
}

export default async function scenariosAction(
  { only, list, seed, demand, trace, out }: ScenariosArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  try {
    await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
    // After the build: whatever takes an ABI from it while it loads has to find this one.
    const { findSimulatedScenarios } = await import("../../harness/scenarios/findSimulated.ts");
    const scenarios = await findSimulatedScenarios(only === "" ? undefined : only.split(","));
    if (list) {
      for (const { name, title } of scenarios) console.log(`${name}: ${title}`);
      return;
    }
    const options = { seed, demand: demand === "" ? undefined : await readDemandTrace(demand) };
    const { assertValidScenarios } = await import("../../harness/scenarios/runScenarios.ts");
    assertValidScenarios(scenarios, options);
    const variations = [
      ...(seed === DEFAULT_SCENARIO_SEED ? [] : [`seed-${seed}`]),
      ...(only === "" ? [] : [`only-${only}`]),
      ...(demand === "" ? [] : [`demand-${path.basename(demand)}`]),
    ];
    const name = chooseEvidenceFolder({ task: "scenarios", out, variations });
    const folder = await openEvidenceFolder(hre.config.paths.root, name);
    await runAndWrite(hre, scenarios, options, { trace, folder, name });
  } catch (error) {
    if (!(error instanceof BuildAheadError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

async function runAndWrite(
  hre: HardhatRuntimeEnvironment,
  scenarios: readonly NamedScenario[],
  options: ScenariosOptions,
  { trace, folder, name }: { readonly trace: string; readonly folder: string; readonly name: string },
): Promise<void> {
  const { runScenarios } = await import("../../harness/scenarios/runScenarios.ts");
  const { renderScenarios, renderScenarioTable } = await import("../../harness/report/renderScenarios.ts");
  const { renderTimelineFiles, TIMELINE_FOLDER } = await import("../../harness/report/renderTimelines.ts");
  const started = performance.now();
  let last = started;
  const { records, metrics, pictures, traces, failures } = await runScenarios(
    hre,
    scenarios,
    options,
    ({ name: scenario, window, ok }) => {
      const now = performance.now();
      console.log(`  ${ok ? "ok " : "no "} ${scenario} (window ${window}), ${Math.round(now - last)} ms`);
      last = now;
    },
  );
  for (const failure of failures) console.error(`\n${failure}`);
  console.log(`\n${renderScenarioTable(records)}`);
  if (trace !== "") await writeFile(trace, traces.join("\n"));
  await writeFile(path.join(folder, "scenarios.json"), `${JSON.stringify(records, undefined, 2)}\n`);
  await writeFile(path.join(folder, "scenarios.md"), renderScenarios(records));
  await writeMetrics(folder, metrics);
  await writeTimetable(folder, options.seed);
  // Whoever is gone from the scenarios must not stay among the pictures.
  await rm(path.join(folder, TIMELINE_FOLDER), { recursive: true, force: true });
  await mkdir(path.join(folder, TIMELINE_FOLDER));
  for (const [file, content] of await renderTimelineFiles(pictures)) await writeFile(path.join(folder, file), content);
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `\nWrote ${path.join(name, "scenarios.json")}, scenarios.md, metrics, the timetable and ${pictures.length} timelines after ${seconds} s.`,
  );
  if (failures.length > 0) process.exitCode = 1;
}

/** What the timetable is like when it is lived. */
async function writeTimetable(folder: string, seed: string): Promise<void> {
  const { measureTimetable } = await import("../../harness/scenarios/measureTimetable.ts");
  const { renderTimetable } = await import("../../harness/report/renderTimetable.ts");
  const records = await measureTimetable(seed);
  await writeFile(path.join(folder, "timetable.json"), `${JSON.stringify(records, undefined, 2)}\n`);
  await writeFile(path.join(folder, "timetable.md"), renderTimetable(records));
}

/** As JSON, as a table, and for Prometheus. */
async function writeMetrics(folder: string, metrics: RunMetricsRegistry): Promise<void> {
  const { renderMetrics } = await import("../../harness/report/renderMetrics.ts");
  const samples = await metrics.toJson();
  await writeFile(path.join(folder, "metrics.json"), `${JSON.stringify(samples, undefined, 2)}\n`);
  await writeFile(path.join(folder, "metrics.md"), renderMetrics(samples));
  await writeFile(path.join(folder, "metrics.prom"), await metrics.toText());
}
