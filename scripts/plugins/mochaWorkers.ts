import { overrideTask } from "hardhat/config";
import type { HardhatPlugin } from "hardhat/types/plugins";

/**
 * Hardhat plugin for mocha's worker processes: the longest test files first, rejections that nobody waits for as
 * failures, and a summary that counts what the workers ran.
 */
export const mochaWorkers: HardhatPlugin = {
  id: "build-ahead:mocha-workers",
  dependencies: () => [import("@nomicfoundation/hardhat-mocha")],
  tasks: [
    overrideTask(["test", "mocha"])
      .setAction(() => import("./mochaWorkersAction.ts"))
      .build(),
  ],
};
