import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";

/** `npx hardhat deploy-upgrade` */
export const deployUpgradeTask = task(
  "deploy-upgrade",
  "Deploys the extended rollup beside a network's canonical one, checks it on chain, and makes the payload that governance executes",
)
  .addOption({
    name: "registry",
    description: "Address of the network's Registry; all else is found from it",
    defaultValue: "",
  })
  .addOption({
    name: "parameters",
    description:
      "Reviewed JSON file: terms, inboxLag, verifier, escapeHatch, penalties; default: window closed, rest as it is",
    defaultValue: "",
  })
  .addOption({
    name: "name",
    description: "Of the record under deployments/<network>; a run that ended early goes on under its name",
    defaultValue: "build-ahead",
  })
  .addOption({
    name: "confirmations",
    description: "L1 blocks to wait for each transaction, its own included; 1 on a developer's node",
    type: ArgumentType.INT,
    defaultValue: 5,
  })
  .addFlag({ name: "yes", description: "Do not ask before sending" })
  .setAction(() => import("./deployUpgradeAction.ts"))
  .build();
