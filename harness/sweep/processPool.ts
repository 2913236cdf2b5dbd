import { fileURLToPath } from "node:url";

import workerpool from "workerpool";

import { BuildAheadError } from "../errors.ts";

/** What is done in other processes. */
export interface PoolWork<Task, Result> {
  /** The module that a process runs; it lends `method` to `workerpool.worker`. */
  readonly worker: URL;
  readonly method: string;
  readonly tasks: readonly Task[];
  /** Processes. */
  readonly workers: number;
  /** For the message of one that fails. */
  readonly nameOf: (task: Task) => string;
  /** Hears of each as it ends. */
  readonly onResult: (result: Result) => void;
}

/** Something did not end as it should. Across processes nothing but the message is left of what it threw. */
export class PoolTaskError extends BuildAheadError {
  constructor(task: string, cause: unknown) {
    super(`A run failed: ${cause instanceof Error ? cause.message : String(cause)}`, { fields: { run: task }, cause });
  }
}

/**
 * Does work in processes of its own, in any order.
 * @throws PoolTaskError at the first that fails; what has ended before is not lost.
 */
export async function runInProcesses<Task, Result>(work: PoolWork<Task, Result>): Promise<void> {
  const { worker, method, tasks, workers, nameOf, onResult } = work;
  const pool = workerpool.pool(fileURLToPath(worker), { maxWorkers: workers, workerType: "process" });
  try {
    await Promise.all(
      tasks.map(async (task) => {
        const result = Promise.resolve(pool.exec(method, [task]) as PromiseLike<unknown>);
        onResult(
          (await result.catch((cause: unknown) => {
            throw new PoolTaskError(nameOf(task), cause);
          })) as Result,
        );
      }),
    );
  } finally {
    await pool.terminate(true);
  }
}
