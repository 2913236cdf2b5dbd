import { task } from "hardhat/config";

import { DEFAULT_SCENARIO_SEED } from "../../harness/stage/scenarioSeed.ts";

/** `npx hardhat scenarios` */
export const scenariosTask = task(
  "scenarios",
  "Runs the simulated scenarios on the real contracts: pipelined proposers, with the window closed and open",
)
  .addOption({ name: "only", description: "Names, separated by commas; default all", defaultValue: "" })
  .addFlag({ name: "list", description: "Names the scenarios and runs none" })
  .addOption({
    name: "seed",
    description: "Decides committees, delays and contents: the same seed is the same run",
    defaultValue: DEFAULT_SCENARIO_SEED,
  })
  .addOption({
    name: "demand",
    description:
      "CSV file with what others want of L1, a row a block: base_fee_wei,gas_used,blob_base_fee_wei,blobs_used; default quiet days",
    defaultValue: "",
  })
  .addOption({ name: "trace", description: "File for the traces of all runs", defaultValue: "" })
  .addOption({
    name: "out",
    description:
      "Folder for scenarios.json, scenarios.md, metrics.json, .md and .prom, timetable.json and .md, and the timelines; default evidence, or with other options a folder under tmp",
    defaultValue: "",
  })
  .setAction(() => import("./scenariosAction.ts"))
  .build();
