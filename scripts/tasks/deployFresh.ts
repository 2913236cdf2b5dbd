import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";

/** `npx hardhat deploy-fresh` */
export const deployFreshTask = task(
  "deploy-fresh",
  "Deploys a new network of mainnet's shape: upstream's shared contracts with test tokens, and the extended rollup as its first",
)
  .addOption({
    name: "parameters",
    description:
      "Reviewed JSON file: terms, inboxLag, verifier, penalties; the verifier must be named off local chains",
    defaultValue: "",
  })
  .addOption({
    name: "name",
    description: "Of the record under deployments/<network>; a run that ended early goes on under its name",
    defaultValue: "fresh",
  })
  .addOption({
    name: "confirmations",
    description: "L1 blocks to wait for each transaction, its own included; 1 on a developer's node",
    type: ArgumentType.INT,
    defaultValue: 5,
  })
  .addFlag({ name: "yes", description: "Do not ask before sending" })
  .setAction(() => import("./deployFreshAction.ts"))
  .build();
