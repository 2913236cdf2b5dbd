import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";

import { DEFAULT_STUDY } from "../../harness/study/publishStudyOptions.ts";

/** `npx hardhat publish-study` */
export const publishStudyTask = task(
  "publish-study",
  "Lets publishers race for late checkpoints by every policy, and counts what each of them wins and wastes",
)
  .addOption({
    name: "seed",
    description: "Decides every run: the same seed is the same study",
    defaultValue: DEFAULT_STUDY.seed,
  })
  .addOption({
    name: "slots",
    description: `Slots of each policy, over all its runs; 0: ${DEFAULT_STUDY.slots}, or the few of --quick`,
    type: ArgumentType.INT,
    defaultValue: 0,
  })
  .addFlag({ name: "quick", description: "A minute instead of ten, and nothing to conclude from" })
  .addOption({
    name: "out",
    description:
      "Folder for publish-study.json, publish-study.md and charts; default evidence, or with other options a folder under tmp",
    defaultValue: "",
  })
  .setAction(() => import("./publishStudyAction.ts"))
  .build();
