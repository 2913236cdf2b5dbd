import { fileURLToPath } from "node:url";

import workerpool from "workerpool";

import { BuildAheadError } from "../errors.ts";
import { nameOfRun, type SweepRun } from "./record/sweepPoint.ts";
import type { RunResult } from "./record/sweepResult.ts";

const WORKER = fileURLToPath(new URL("sweepWorker.ts", import.meta.url));

/** A run did not end as runs do. Across processes nothing but the message is left of what it threw. */
class SweepRunFailedError extends BuildAheadError {
  constructor(run: SweepRun, cause: unknown) {
    super(`A run failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
      fields: { run: nameOfRun(run) },
      cause,
    });
  }
}

/**
 * Runs points in processes of their own, in any order.
 * @param onResult Hears of each as it ends
 * @throws SweepRunFailedError at the first run that fails; what has ended before is not lost.
 */
export async function runInPool(
  runs: readonly SweepRun[],
  workers: number,
  onResult: (result: RunResult) => void,
): Promise<void> {
  const pool = workerpool.pool(WORKER, { maxWorkers: workers, workerType: "process" });
  try {
    await Promise.all(
      runs.map(async (run) => {
        const result = pool.exec("runPoint", [run]) as PromiseLike<unknown>;
        onResult(
          (await Promise.resolve(result).catch((cause: unknown) => {
            throw new SweepRunFailedError(run, cause);
          })) as RunResult,
        );
      }),
    );
  } finally {
    await pool.terminate(true);
  }
}
