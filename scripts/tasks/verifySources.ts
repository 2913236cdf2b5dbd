import { task } from "hardhat/config";

/** `npx hardhat verify-sources` */
export const verifySourcesTask = task(
  "verify-sources",
  "Publishes the sources of a recorded deployment to a block explorer; without --send it lists what it would publish",
)
  .addOption({ name: "name", description: "Of the record under deployments/<network>", defaultValue: "build-ahead" })
  .addFlag({ name: "send", description: "Publish; needs ETHERSCAN_API_KEY in the keystore or the environment" })
  .setAction(() => import("./verifySourcesAction.ts"))
  .build();
