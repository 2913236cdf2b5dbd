import { readFile } from "node:fs/promises";

import { expect } from "chai";

import { judge, renderTimetable } from "../../../harness/report/renderTimetable.ts";
import { measureTimetable, type TimetableRecord } from "../../../harness/scenarios/measureTimetable.ts";
import { DEFAULT_SCENARIO_SEED } from "../../../harness/stage/scenarioSeed.ts";

describe("The measured timetable", () => {
  let records: readonly TimetableRecord[];
  before(async () => {
    records = JSON.parse(await readFile("evidence/timetable.json", "utf8")) as readonly TimetableRecord[];
  });

  it("is what is measured now, and reads as it was measured", async () => {
    expect(await measureTimetable(DEFAULT_SCENARIO_SEED)).to.deep.equal(records);
    expect(renderTimetable(records)).to.equal(await readFile("evidence/timetable.md", "utf8"));
  });

  it("has the design's blocks and dead zones", () => {
    expect(records.map(({ mode, blocks, deadZone }) => [mode, blocks.mean, deadZone.mean])).to.deep.equal([
      ["current", 8, 24],
      ["build-ahead", 10, 10],
      // Less than the re-execution of a block, which the design allows for.
      ["staggered", 11, 4],
    ]);
  });

  it("is judged by what was measured", () => {
    const latency = { least: 8.4, mean: 16.5, most: 26.6, transactions: 1 };
    const [record] = records.filter(({ mode }) => mode === "build-ahead");
    expect(judge({ ...(record as TimetableRecord), latency })).to.deep.equal([
      "- `build-ahead`: the least of 8 s holds, the average of 17 s holds, the most is 26.6 s and not 26 s.",
    ]);
    expect(judge({ ...(record as TimetableRecord), mode: "staggered", latency })).to.deep.equal([]);
  });
});
