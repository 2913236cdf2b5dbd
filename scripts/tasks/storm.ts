import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";

/** `npx hardhat storm` */
export const stormTask = task(
  "storm",
  "Runs storms: seeds draw faults of every kind, and afterwards everything has to come back",
)
  .addOption({
    name: "seed",
    description: "The first half of every storm's seed: seed/0, seed/1, ...",
    defaultValue: "storm",
  })
  .addOption({ name: "runs", description: "How many storms", type: ArgumentType.INT, defaultValue: 30 })
  .addOption({
    name: "ledger",
    description: "What executes transactions: chain, the real contracts, or model, their rules alone",
    defaultValue: "chain",
  })
  .addOption({
    name: "workers",
    description: "Processes for the model, which run storms side by side; 0: one for each core",
    type: ArgumentType.INT,
    defaultValue: 0,
  })
  .addOption({ name: "only", description: "One storm, by its whole seed; prints its trace", defaultValue: "" })
  .addFlag({ name: "shrink", description: "Makes the first storm that fails as small as it can be and still fails" })
  .addFlag({ name: "record", description: "Writes storms.json and storms.md; what another ledger has there stays" })
  .addOption({ name: "out", description: "Folder for --record; default evidence", defaultValue: "" })
  .setAction(() => import("./stormAction.ts"))
  .build();
