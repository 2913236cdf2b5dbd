import { expect } from "chai";

import { nameOfPoint, nameOfRun } from "../../../harness/sweep/record/sweepPoint.ts";
import { InvalidSweepError } from "../../../harness/sweep/sweepErrors.ts";
import {
  assertCount,
  FULL_PLAN,
  parseShard,
  planFor,
  pointsOf,
  QUICK_PLAN,
  runsOf,
  runsOfShard,
  sampleOf,
  variationsOf,
  WHOLE,
} from "../../../harness/sweep/sweepPlan.ts";

const REQUEST = { seed: "sweep", seeds: 0, slots: 0, isQuick: false };

describe("The sweep's plan", () => {
  it("has every weather, window and share, each point once, and ten thousand slots a point", () => {
    const points = pointsOf(FULL_PLAN);
    expect(new Set(points.map(nameOfPoint)).size).to.equal(points.length);
    const grid = points.filter(({ hasStranger, rescueAfterMs }) => hasStranger && rescueAfterMs === 3_000);
    expect(grid).to.have.lengthOf(5 * 5 * 5);
    expect(FULL_PLAN.seeds * FULL_PLAN.slots).to.be.at.least(10_000);
    expect(FULL_PLAN.windows).to.deep.equal([0, 12, 24, 36, 72]);
    expect(FULL_PLAN.shares).to.deep.equal([0, 0.25, 0.5, 0.75, 1]);
  });

  it("falls into shards that have each run once", () => {
    const shards = [1, 2, 3].flatMap((index) => runsOfShard(QUICK_PLAN, { index, of: 3 }).map(nameOfRun));
    expect(shards.sort()).to.deep.equal(runsOf(QUICK_PLAN).map(nameOfRun).sort());
  });

  it("takes its sample from all over the grid", () => {
    const sample = sampleOf(FULL_PLAN);
    expect(sample).to.have.lengthOf(FULL_PLAN.sample.points);
    expect(new Set(sample.map(({ weather }) => weather)).size).to.be.greaterThan(2);
    expect(new Set(sample.map(nameOfRun)).size).to.equal(sample.length);
  });

  it("is what was asked for, or one clear line says what can be", () => {
    expect(planFor(REQUEST)).to.deep.equal(FULL_PLAN);
    expect(planFor({ ...REQUEST, isQuick: true, seeds: 3, slots: 7 })).to.deep.equal({
      ...QUICK_PLAN,
      seeds: 3,
      slots: 7,
    });
    for (const [bad, line] of [
      [{ seeds: 1 }, "--seeds 1: expected a whole number from 2 to 30"],
      [{ seeds: Number.NaN }, "--seeds NaN: expected a whole number from 2 to 30"],
      [{ slots: -5 }, "--slots -5: expected a whole number from 1 to 100000"],
      [{ seed: "" }, '--seed "": expected at least one character'],
    ] as const) {
      expect(() => planFor({ ...REQUEST, ...bad })).to.throw(InvalidSweepError, line);
    }
    expect(() => assertCount("workers", 1_000, 0, 256)).to.throw(
      "--workers 1000: expected a whole number from 0 to 256",
    );
  });

  it("reads shards", () => {
    expect(parseShard("")).to.equal(WHOLE);
    expect(parseShard("2/5")).to.deep.equal({ index: 2, of: 5 });
    for (const bad of ["0/5", "6/5", "1", "a/b", "1/2/3", "-1/2", "1/9999"]) {
      expect(() => parseShard(bad)).to.throw(InvalidSweepError, `--shard ${bad}: expected i/n`);
    }
  });

  it("names what is unusual about it", () => {
    expect(variationsOf(REQUEST, WHOLE)).to.deep.equal([]);
    expect(variationsOf({ seed: "x", seeds: 2, slots: 9, isQuick: true }, { index: 1, of: 2 })).to.deep.equal([
      "quick",
      "seed-x",
      "seeds-2",
      "slots-9",
      "shard-1-of-2",
    ]);
  });
});
