import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";

/** `npx hardhat bench` */
export const benchTask = task("bench", "Measures gas beside upstream's and writes evidence/gas.json, gas.md and charts")
  .addFlag({
    name: "check",
    description: "Measure a part again, compare it with the committed figures, and fail on any drift; writes nothing",
  })
  .addOption({
    name: "filter",
    description: "Only cases whose name contains one of these, separated by commas; prints, and writes nothing",
    defaultValue: "",
  })
  .addOption({
    name: "committee",
    description: "Committee sizes, separated by commas, 0 to 64; default 0,24,48",
    defaultValue: "",
  })
  .addOption({
    name: "hardfork",
    description: "Hard forks, separated by commas; default every one from prague on that the local EVM offers",
    defaultValue: "",
  })
  .addOption({
    name: "runs",
    description: "How often to measure everything; the runs must agree to the unit of gas",
    type: ArgumentType.INT,
    defaultValue: 1,
  })
  .setAction(() => import("./benchAction.ts"))
  .build();
