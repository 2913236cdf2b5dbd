import { task } from "hardhat/config";

/** `npx hardhat check-deployment` */
export const checkDeploymentTask = task(
  "check-deployment",
  "Compares a deployment on chain with its record and the compiled contracts; fails when anything differs",
)
  .addOption({ name: "name", description: "Of the record under deployments/<network>", defaultValue: "build-ahead" })
  .addOption({
    name: "rollup",
    description:
      "Instead of a record: any rollup, checked against the one that was canonical before it; needs --registry",
    defaultValue: "",
  })
  .addOption({ name: "registry", description: "With --rollup: address of the network's Registry", defaultValue: "" })
  .addFlag({ name: "all", description: "Print every check, not only what was found wrong" })
  .setAction(() => import("./checkDeploymentAction.ts"))
  .build();
