import { task } from "hardhat/config";

/** `npx hardhat speed` */
export const speedTask = task(
  "speed",
  "Measures how long the harness takes, and its memory, and writes evidence/speed.json and speed.md; gas is what bench measures",
)
  .addOption({
    name: "part",
    description:
      "One part alone, in this process: epoch, scenarios, chain-100, chain-1000, model-100, model-1000 or ledger; prints JSON, writes nothing",
    defaultValue: "",
  })
  .addOption({
    name: "out",
    description: "Folder for speed.json and speed.md; default evidence",
    defaultValue: "",
  })
  .setAction(() => import("./speedAction.ts"))
  .build();
