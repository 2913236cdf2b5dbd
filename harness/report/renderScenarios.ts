import type { ScenarioRecord } from "../stage/scenarioRecord.ts";
import { markdownTable } from "./markdownTable.ts";

const COLUMNS = [
  ["scenario", "left"],
  ["window", "left"],
  ["end", "left"],
  ["slots", "right"],
  ["on time", "right"],
  ["late", "right"],
  ["lost", "right"],
  ["displaced", "right"],
  ["silent discards", "right"],
  ["soft reorgs", "right"],
  ["blocks", "right"],
  ["latency", "right"],
  ["wasted", "right"],
] as const;

/** `evidence/scenarios.md` */
export function renderScenarios(records: readonly ScenarioRecord[]): string {
  const titles = new Map(records.map(({ name, title }) => [name, title]));
  return [
    "# Scenarios",
    "",
    "Written by `npx hardhat scenarios`. Pipelined proposers, simulated, on the real contracts; how to read and extend them:",
    "`docs/harness.md`. Counts are of one run each; `blocks` is the mean of the checkpoints that landed, `latency` the mean in seconds",
    "from a user's submission to a block that another node has, `wasted` the gas of transactions that L1 took and refused.",
    "",
    renderScenarioTable(records),
    "",
    "## What each one shows",
    "",
    ...[...titles].map(([name, title]) => `- \`${name}\`: ${title}.`),
    "",
  ].join("\n");
}

/** The table alone, for a terminal. */
export function renderScenarioTable(records: readonly ScenarioRecord[]): string {
  const rows = records.map((record) => [
    record.name,
    record.window,
    record.ok ? "ok" : "failed",
    ...[record.slots, record.onTime, record.late, record.lost, record.displaced].map(String),
    ...[record.silentDiscards, record.softReorgs].map(String),
    record.blocksPerSlot.toFixed(1),
    record.latency.mean.toFixed(1),
    record.gasWasted.toLocaleString("en-US"),
  ]);
  return markdownTable(COLUMNS, rows);
}
