import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";

/** `npx hardhat fork-source` */
export const forkSourceTask = task(
  "fork-source",
  "Starts a local node on which a v4 network lives and has been used for a while: something to rehearse on",
)
  .addOption({
    name: "port",
    description: "Where it listens; 0 lets the system choose",
    type: ArgumentType.INT,
    defaultValue: 8545,
  })
  .addOption({
    name: "state",
    description: "A file to keep the chain in: prepared and written once, loaded from then on",
    defaultValue: "",
  })
  .setAction(() => import("./forkSourceAction.ts"))
  .build();
