import { BenchGoalError } from "./benchErrors.ts";
import { MAIN } from "./benchPlan.ts";
import type { BenchRecord } from "./benchRecord.ts";
import { makeId } from "./recordId.ts";

/** The most that a row of the main circumstances may cost. Its id, and those it is compared with, without circumstances. */
interface Goal {
  readonly row: string;
  /** Beside which gas the limit is a ratio; left out: the limit is gas. */
  readonly over?: "upstream" | { readonly row: string };
  readonly limit: number;
}

const WARM = "propose.rest.epoch3.ringWarm";
const RESCUE = "late.alone.recordReused.ringWarm";

const GOALS: readonly Goal[] = [
  { row: "propose.rest.epoch1.ringFresh", over: "upstream", limit: 0.89 },
  { row: WARM, over: "upstream", limit: 0.845 },
  // A chain of that age has long written its ring; the row on a fresh one is there for checks, which go no further.
  { row: "proposeAged.ringWarm", over: "upstream", limit: 0.82 },
  { row: RESCUE, over: { row: WARM }, limit: 1.4 },
  { row: RESCUE, limit: 350_000 },
];

/**
 * Holds what was measured against the goals, as far as their rows were measured: a part of the evidence can miss no goal that it says
 * nothing about.
 * @throws BenchGoalError naming the first row that costs more than it may.
 */
export function assertGoals(records: readonly BenchRecord[]): void {
  const find = (row: string) => records.find(({ id }) => id === makeId([row], MAIN));
  for (const { row, over, limit } of GOALS) {
    const record = find(row);
    const beside = over === "upstream" ? record?.upstreamGasUsed : over && find(over.row)?.gasUsed;
    if (record === undefined || (over !== undefined && beside === undefined)) continue;
    const actual = record.gasUsed / (beside ?? 1);
    if (actual > limit) throw new BenchGoalError("A path costs more than its goal", { fields: { row, limit, actual } });
  }
}
