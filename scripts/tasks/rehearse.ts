import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";

/** `npx hardhat rehearse` */
export const rehearseTask = task(
  "rehearse",
  "Rehearses the upgrade on an embedded chain: v4, governance, late checkpoints, proof, settlement, claims",
)
  .addOption({
    name: "seed",
    description: "Decides every key, content and prevrandao: the same seed is the same run",
    defaultValue: "build-ahead",
  })
  .addOption({
    name: "slots",
    description: "On-time slots before the late ones, 1 to 12",
    type: ArgumentType.INT,
    defaultValue: 4,
  })
  .addOption({
    name: "committee",
    description: "Committee members per epoch, 4 to 64",
    type: ArgumentType.INT,
    defaultValue: 48,
  })
  .addOption({
    name: "terms",
    description: "submitterBps,burnBps,windowSeconds[,crossEpoch]",
    defaultValue: "5000,2500,24,false",
  })
  .addOption({ name: "out", description: "Folder for rehearsal.json and rehearsal.md", defaultValue: "evidence" })
  .setAction(() => import("./rehearseAction.ts"))
  .build();
