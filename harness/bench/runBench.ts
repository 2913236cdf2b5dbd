import { isDeepStrictEqual } from "node:util";

import type { HardhatRuntime } from "../hardhatRuntime.ts";
import { PREVIEW_HARDFORKS } from "../l1/embeddedChain.ts";
import { BenchContradictionError } from "./benchErrors.ts";
import type { BenchOptions } from "./benchOptions.ts";
import type { BenchRecord } from "./benchRecord.ts";
import type { CaseName } from "./caseNames.ts";
import { VALIDATOR_COUNT } from "./benchSetup.ts";
import { openBenchTwin } from "./benchTwin.ts";
import type { FloorDesignRecord } from "./floorDesignRecord.ts";
import type { StorageRecord } from "./storageFootprint.ts";
import { walk, type WalkLength } from "./walk.ts";

/** What was measured, in the order of measuring. */
export interface BenchResult {
  readonly records: readonly BenchRecord[];
  readonly floorDesigns: readonly FloorDesignRecord[];
  readonly storage: readonly StorageRecord[];
}

/** One walk over a network of its own. */
export interface BenchLeg {
  readonly hardfork: string;
  readonly committee: number;
  readonly length: WalkLength;
  readonly cases: readonly CaseName[];
}

/** The fork of which the evidence holds whole walks; of all others it holds the first epoch. */
export const MAIN_HARDFORK = "osaka";

/** Cases that a check measures for committees other than the largest, to stay within a CI's patience. */
const QUICK_CASES: readonly CaseName[] = ["propose", "duplicate in the same block", "duplicate one block later"];

/** What is measured under a fork that is not final: what a landing and a duplicate cost. Deploying there is another matter. */
const PREVIEW_CASES: readonly CaseName[] = [
  "propose",
  "on-time bundle",
  "epoch proof",
  "late",
  "late duplicate",
  "duplicate in the same block",
  "duplicate one block later",
];

/** All legs of the evidence that the options ask for; under forks that are not final, the largest committee alone. */
export function planEvidence({ hardforks, committees, cases }: BenchOptions): readonly BenchLeg[] {
  const largest = Math.max(...committees);
  return hardforks.flatMap((hardfork) => {
    const isPreview = (PREVIEW_HARDFORKS as readonly string[]).includes(hardfork);
    return committees
      .filter((committee) => !isPreview || committee === largest)
      .map((committee) => ({
        hardfork,
        committee,
        length: hardfork === MAIN_HARDFORK ? ("whole" as const) : ("first epoch" as const),
        cases: isPreview ? cases.filter((name) => PREVIEW_CASES.includes(name)) : cases,
      }));
  });
}

/**
 * A part of the evidence that takes about a minute: the first epoch on the main fork, every case for the largest committee,
 * on-time proposals and duplicates for the others. Explicit options ask for more, or less.
 */
export function planCheck(options: BenchOptions): readonly BenchLeg[] {
  const { hardforks, committees, cases, isComplete } = options;
  const largest = Math.max(...committees);
  return (isComplete ? [MAIN_HARDFORK] : hardforks).flatMap((hardfork) =>
    committees.map((committee) => ({
      hardfork,
      committee,
      length: "first epoch" as const,
      cases: isComplete && committee !== largest ? QUICK_CASES : cases,
    })),
  );
}

/**
 * Measures legs one after the other.
 * @throws BenchContradictionError when two runs of the same leg differ.
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
  return { records, floorDesigns, storage };
}
