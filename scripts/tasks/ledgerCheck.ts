import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";

import { DEFAULT_REQUEST, EVERY_RUN } from "../../harness/differential/ledger/ledgerCheckOptions.ts";

/** `npx hardhat ledger-check` */
export const ledgerCheckTask = task(
  "ledger-check",
  "Holds the model ledger against the contracts: the same storms on both, every answer compared",
)
  .addOption({
    name: "seed",
    description: "Decides every storm: the same seed is the same check",
    defaultValue: DEFAULT_REQUEST.seed,
  })
  .addOption({
    name: "slots",
    description: "Slots of all runs together",
    type: ArgumentType.INT,
    defaultValue: DEFAULT_REQUEST.slots,
  })
  .addOption({
    name: "run",
    description: "Only the run of that number, counted from 0: the one that a difference names",
    type: ArgumentType.INT,
    defaultValue: EVERY_RUN,
  })
  .addFlag({ name: "bench", description: "Only measures how fast and how large the model is; writes nothing" })
  .addOption({
    name: "out",
    description: "Folder for ledger.json and ledger.md; default evidence, or with other options a folder under tmp",
    defaultValue: "",
  })
  .setAction(() => import("./ledgerCheckAction.ts"))
  .build();
