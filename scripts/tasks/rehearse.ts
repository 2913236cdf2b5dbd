import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";

import { DEFAULT_OPTIONS, MAX_SLOTS, MIN_COMMITTEE, VALIDATORS } from "../../harness/rehearsal/rehearsalOptions.ts";

/** `npx hardhat rehearse` */
export const rehearseTask = task(
  "rehearse",
  "Rehearses the upgrade on an embedded chain: v4, governance, late checkpoints, proof, settlement, claims",
)
  .addOption({
    name: "seed",
    description: "Decides every key, content and prevrandao: the same seed is the same run",
    defaultValue: DEFAULT_OPTIONS.seed,
  })
  .addOption({
    name: "slots",
    description: `On-time slots before the late ones, 1 to ${MAX_SLOTS}`,
    type: ArgumentType.INT,
    defaultValue: DEFAULT_OPTIONS.slots,
  })
  .addOption({
    name: "committee",
    description: `Committee members per epoch, ${MIN_COMMITTEE} to ${VALIDATORS}`,
    type: ArgumentType.INT,
    defaultValue: DEFAULT_OPTIONS.committee,
  })
  .addOption({
    name: "terms",
    description: "What the window is opened with: firstBps,submitterBps,burnBps,windowSeconds[,crossEpoch]",
    defaultValue: DEFAULT_OPTIONS.terms,
  })
  .addOption({
    name: "out",
    description:
      "Folder for rehearsal.json and rehearsal.md; default evidence, or with other options a folder under tmp",
    defaultValue: "",
  })
  .setAction(() => import("./rehearseAction.ts"))
  .build();
