import { runInProcesses } from "./processPool.ts";
import { nameOfRun, type SweepRun } from "./record/sweepPoint.ts";
import type { RunResult } from "./record/sweepResult.ts";

/** Runs points in processes of their own. @throws PoolTaskError */
export function runInPool(
  runs: readonly SweepRun[],
  workers: number,
  onResult: (result: RunResult) => void,
): Promise<void> {
  const worker = new URL("sweepWorker.ts", import.meta.url);
  return runInProcesses({ worker, method: "runPoint", tasks: runs, workers, nameOf: nameOfRun, onResult });
}
