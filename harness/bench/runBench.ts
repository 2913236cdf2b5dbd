import { isDeepStrictEqual } from "node:util";

import type { HardhatRuntime } from "../hardhatRuntime.ts";
import { BenchContradictionError } from "./record/benchErrors.ts";
import { assertGoals } from "./record/goals.ts";
import type { BenchLeg } from "./record/benchPlan.ts";
import type { BenchRecord } from "./record/benchRecord.ts";
import { VALIDATOR_COUNT } from "./benchSetup.ts";
import { openBenchTwin } from "./benchTwin.ts";
import type { FloorDesignRecord } from "./floorDesignRecord.ts";
import type { StorageRecord } from "./storageFootprint.ts";
import { walk } from "./walk.ts";

/** What was measured, in the order of measuring. */
export interface BenchResult {
  readonly records: readonly BenchRecord[];
  readonly floorDesigns: readonly FloorDesignRecord[];
  readonly storage: readonly StorageRecord[];
}

/**
 * Measures legs one after the other.
 * @throws BenchContradictionError when two runs of the same leg differ.
 * @throws BenchGoalError when a path costs more than it may.
 */
export async function runBench(
  hardhat: HardhatRuntime,
  legs: readonly BenchLeg[],
  runs: number,
  progress: (words: string) => void,
): Promise<BenchResult> {
  const results: BenchResult[] = [];
  for (const leg of legs) {
    const name = `${leg.hardfork}, committee ${leg.committee}`;
    const first = await runLeg(hardhat, leg, (words) => progress(`${name}: ${words}`));
    for (let run = 2; run <= runs; run++) {
      const again = await runLeg(hardhat, leg, (words) => progress(`${name}, run ${run}: ${words}`));
      if (isDeepStrictEqual(first, again)) continue;
      throw new BenchContradictionError("Two runs of the same measurement differ", { fields: { leg: name, run } });
    }
    results.push(first);
  }
  return {
    records: results.flatMap(({ records }) => records),
    floorDesigns: results.flatMap(({ floorDesigns }) => floorDesigns),
    storage: results.flatMap(({ storage }) => storage),
  };
}

async function runLeg(
  hardhat: HardhatRuntime,
  { hardfork, committee, length, cases }: BenchLeg,
  progress: (words: string) => void,
): Promise<BenchResult> {
  progress("deploying both networks");
  const twin = await openBenchTwin(hardhat, {
    hardfork,
    committee,
    validatorCount: VALIDATOR_COUNT,
    onKeyProgress: (done, count) => progress(`validator keys ${done} of ${count}`),
  });
  const records: BenchRecord[] = [];
  const floorDesigns: FloorDesignRecord[] = [];
  const storage: StorageRecord[] = [];
  try {
    await walk(
      {
        twin,
        circumstances: { hardfork, committee },
        progress,
        wants: (name) => cases.includes(name),
        add: (record) => void records.push(record),
        addFloorDesign: (record) => void floorDesigns.push(record),
        addStorage: (record) => void storage.push(record),
      },
      length,
    );
  } finally {
    await twin.close();
  }
  assertGoals(records);
  return { records, floorDesigns, storage };
}
