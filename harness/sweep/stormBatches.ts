import { openModelLedger } from "../ledger/modelLedger.ts";
import { runStorms } from "../stage/runStorm.ts";
import type { StormReport } from "../stage/stormReport.ts";
import { runInProcesses } from "./processPool.ts";

/** Storms with the seeds `seed/from` and so on. */
export interface StormBatch {
  readonly ledger: "chain" | "model";
  readonly seed: string;
  readonly from: number;
  readonly runs: number;
}

/** What a batch came to. */
export interface BatchResult {
  readonly batch: StormBatch;
  readonly report: StormReport;
}

/** Storms that are run between two looks at the clock, or lost when something is cut short. */
const BATCH_RUNS = { model: 100, chain: 10 } as const;

export function nameOfBatch({ ledger, seed, from, runs }: StormBatch): string {
  return `${runs} of ${seed} from ${from} on the ${ledger}`;
}

export function batchesOf({ ledger, seed, runs }: Omit<StormBatch, "from">): readonly StormBatch[] {
  const size = BATCH_RUNS[ledger];
  return Array.from({ length: Math.ceil(runs / size) }, (_, index) => ({
    ledger,
    seed,
    from: index * size,
    runs: Math.min(size, runs - index * size),
  }));
}

/** Runs a batch on the model. */
export async function runModelBatch(batch: StormBatch): Promise<BatchResult> {
  return { batch, report: await runStorms(async (setup) => openModelLedger(setup), batch) };
}

/** Runs batches on the model in processes of their own. @throws PoolTaskError */
export function runModelBatches(
  batches: readonly StormBatch[],
  workers: number,
  onResult: (result: BatchResult) => void,
): Promise<void> {
  const worker = new URL("stormWorker.ts", import.meta.url);
  return runInProcesses({ worker, method: "runModelBatch", tasks: batches, workers, nameOf: nameOfBatch, onResult });
}
