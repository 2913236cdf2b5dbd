import { expect } from "chai";

import { BenchGoalError } from "../../../harness/bench/record/benchErrors.ts";
import type { BenchRecord } from "../../../harness/bench/record/benchRecord.ts";
import { assertGoals } from "../../../harness/bench/record/goals.ts";

const row = (id: string, gasUsed: number, upstreamGasUsed?: number) =>
  ({ id: `${id}.c48.osaka`, gasUsed, upstreamGasUsed }) as BenchRecord;

describe("The benchmark's goals", () => {
  const goalOf = (records: readonly BenchRecord[]): unknown => {
    try {
      assertGoals(records);
    } catch (error) {
      if (error instanceof BenchGoalError) return [error.fields["row"], error.fields["limit"]];
      throw error;
    }
    return "met";
  };

  it("are met by rows that cost just what they may", () => {
    const rows = [
      row("propose.rest.epoch1.ringFresh", 890, 1000),
      row("propose.rest.epoch3.ringWarm", 250_000, 300_000),
      row("proposeAged.ringWarm", 820, 1000),
      row("late.alone.recordReused.ringWarm", 350_000),
    ];
    expect(goalOf(rows)).to.equal("met");
  });

  it("are missed by one unit of gas more, on time and late, beside another row and alone", () => {
    const late = "late.alone.recordReused.ringWarm";
    const warm = "propose.rest.epoch3.ringWarm";
    expect(goalOf([row("propose.rest.epoch1.ringFresh", 891, 1000)])).to.deep.equal([
      "propose.rest.epoch1.ringFresh",
      0.89,
    ]);
    expect(goalOf([row(warm, 846, 1000)])).to.deep.equal([warm, 0.845]);
    expect(goalOf([row("proposeAged.ringWarm", 821, 1000)])).to.deep.equal(["proposeAged.ringWarm", 0.82]);
    expect(goalOf([row(late, 350_001)]), "gas alone").to.deep.equal([late, 350_000]);
    expect(goalOf([row(late, 1401), row(warm, 1000, 2000)]), "beside on time").to.deep.equal([late, 1.4]);
  });

  it("say nothing about rows that were not measured, or under other circumstances", () => {
    expect(goalOf([])).to.equal("met");
    expect(goalOf([{ ...row("late.alone.recordReused.ringWarm", 999_999), id: "late.alone.c24.osaka" }])).to.equal(
      "met",
    );
  });
});
