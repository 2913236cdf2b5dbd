import { expect } from "chai";

import { BenchInputError } from "../../../harness/bench/record/benchErrors.ts";
import { DEFAULT_COMMITTEES, parseBenchOptions } from "../../../harness/bench/record/benchOptions.ts";
import { CASE_NAMES } from "../../../harness/bench/record/caseNames.ts";
import { MAIN_HARDFORK, planCheck, planEvidence } from "../../../harness/bench/record/benchPlan.ts";

const NOTHING = { filter: "", runs: 1, committee: "", hardfork: "" };

describe("The benchmark's options", () => {
  it("ask for everything by default, and only then is the evidence complete", () => {
    const options = parseBenchOptions(NOTHING);
    expect(options.cases).to.deep.equal(CASE_NAMES);
    expect(options.committees).to.deep.equal(DEFAULT_COMMITTEES);
    expect(options.isComplete).to.equal(true);
    for (const part of [{ filter: "late" }, { committee: "48" }, { hardfork: "osaka" }]) {
      expect(parseBenchOptions({ ...NOTHING, ...part }).isComplete, JSON.stringify(part)).to.equal(false);
    }
  });

  it("take lists, and a filter for every case that contains it", () => {
    const { cases, committees } = parseBenchOptions({ ...NOTHING, filter: "duplicate, prune", committee: "0,12" });
    expect(cases).to.deep.equal([
      "prune",
      "late duplicate",
      "duplicate in the same block",
      "duplicate one block later",
    ]);
    expect(committees).to.deep.equal([0, 12]);
  });

  const refused = [
    { filter: "no such case" },
    { filter: "late,no such case" },
    { committee: "65" },
    { committee: "-1" },
    { committee: "4.5" },
    { committee: "many" },
    { hardfork: "shanghai" },
    { hardfork: "osaka,atlantis" },
    { runs: 0 },
    { runs: 1.5 },
  ];
  for (const part of refused) {
    it(`refuse ${JSON.stringify(part)} in one line`, () => {
      expect(() => parseBenchOptions({ ...NOTHING, ...part }))
        .to.throw(BenchInputError)
        .with.property("message")
        .that.does.not.include("\n");
    });
  }

  it("plan whole walks on the main fork and first epochs elsewhere; a check stays on the main fork", () => {
    const options = parseBenchOptions(NOTHING);
    for (const { hardfork, length } of planEvidence(options)) {
      expect(length, hardfork).to.equal(hardfork === MAIN_HARDFORK ? "whole" : "first epoch");
    }
    const check = planCheck(options);
    expect(check.map(({ hardfork, length }) => `${hardfork} ${length}`)).to.deep.equal(
      DEFAULT_COMMITTEES.map(() => `${MAIN_HARDFORK} first epoch`),
    );
    expect(check.at(-1)?.cases, "every case for the largest committee").to.deep.equal(CASE_NAMES);
  });
});
