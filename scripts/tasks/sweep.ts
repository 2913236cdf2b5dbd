import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";

/** `npx hardhat sweep` */
export const sweepTask = task(
  "sweep",
  "Measures what the window buys and whom it hurts, over L1's weather, the window's length and the share of nodes that build ahead",
)
  .addOption({ name: "seed", description: "What every run's seed begins with", defaultValue: "sweep" })
  .addOption({
    name: "seeds",
    description: "Runs of each point, every one with a seed of its own; 0: the plan's",
    type: ArgumentType.INT,
    defaultValue: 0,
  })
  .addOption({
    name: "slots",
    description: "Slots of each run; 0: the plan's",
    type: ArgumentType.INT,
    defaultValue: 0,
  })
  .addOption({
    name: "workers",
    description: "Processes that run points side by side; 0: one for each core",
    type: ArgumentType.INT,
    defaultValue: 0,
  })
  .addOption({
    name: "shard",
    description: "Only a part, such as 2/5: writes a file that --merge takes",
    defaultValue: "",
  })
  .addOption({
    name: "merge",
    description:
      "Puts shards together and runs nothing: their files, separated by commas, or a folder with all of them",
    defaultValue: "",
  })
  .addFlag({ name: "quick", description: "A few points with few slots, to see that it works" })
  .addOption({
    name: "out",
    description:
      "Folder for sweep.json, sweep.md and the charts, or for the shard; default evidence, or with other options a folder under tmp",
    defaultValue: "",
  })
  .setAction(() => import("./sweepAction.ts"))
  .build();
