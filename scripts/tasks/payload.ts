import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";

/** `npx hardhat payload` */
export const payloadTask = task(
  "payload",
  "Inspects a governance payload: its actions decoded, and the state that it would change; or makes one that sets terms",
)
  .addOption({ name: "inspect", description: "Address of a payload; default the one of the record", defaultValue: "" })
  .addOption({ name: "name", description: "Of the record under deployments/<network>", defaultValue: "build-ahead" })
  .addOption({
    name: "setTerms",
    description:
      "Make a payload that sets the terms in this JSON file on the recorded rollup; with a window, it opens it",
    defaultValue: "",
  })
  .addOption({
    name: "confirmations",
    description: "L1 blocks to wait for the new payload; 1 on a developer's node",
    type: ArgumentType.INT,
    defaultValue: 5,
  })
  .addFlag({ name: "yes", description: "Do not ask before sending" })
  .setAction(() => import("./payloadAction.ts"))
  .build();
