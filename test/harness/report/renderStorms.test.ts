import { readFile } from "node:fs/promises";

import { expect } from "chai";

import { renderStorms, type StormEvidence } from "../../../harness/report/renderStorms.ts";
import { FAULT_KINDS } from "../../../harness/stage/storm.ts";
import { EMPTY_REPORT } from "../../../harness/stage/stormReport.ts";

const report = {
  ...EMPTY_REPORT,
  runs: 2_000,
  slots: 28_000,
  faults: { ...EMPTY_REPORT.faults, crash: { count: 1_500, runs: 900 } },
  events: { "refused: Panic": { count: 3, runs: 2 } },
};

describe("The storms' report", () => {
  it("has both ledgers side by side: what was wrong, in how many runs, and what came of it", () => {
    const failed = { ...report, failures: [{ seed: "s/7", message: "it broke\nwith a trace" }] };
    const markdown = renderStorms({
      model: { commit: "0123456789abcdef", seed: "s", report },
      chain: { commit: "fedcba9876543210", seed: "t", report: failed },
    });
    expect(markdown).to.include("On the model: 2,000 storms of seed `s`, none failed. At commit `0123456789ab`.");
    expect(markdown).to.include("On the contracts: 2,000 storms of seed `t`, failed: `s/7`.");
    expect(markdown).to.match(/\| crash +\| +1,500 in 900 runs \(45\.0 %\) \| +1,500 in 900 runs \(45\.0 %\) \|/);
    expect(markdown).to.match(/\| refused: Panic +\| +3 in 2 runs \(0\.1 %\)/);
    expect(markdown).to.match(/\| partition +\| +0 \| +0 \|/);
    expect(markdown).to.not.include("with a trace");
  });

  it("does without a ledger that has not been run", () => {
    expect(renderStorms({ model: { commit: "c", seed: "s", report } })).to.not.include("contracts:");
  });
});

describe("Evidence of the storms", () => {
  it("is of enough storms on either ledger, none of which failed, with no kind of fault rare, and reads as it counts", async () => {
    const evidence = JSON.parse(await readFile("evidence/storms.json", "utf8")) as StormEvidence;
    for (const [ledger, least] of [
      ["model", 20_000],
      ["chain", 300],
    ] as const) {
      const found = evidence[ledger]?.report ?? EMPTY_REPORT;
      expect(found.runs, ledger).to.be.at.least(least);
      expect(found.failures, ledger).to.deep.equal([]);
      for (const kind of FAULT_KINDS) expect(found.faults[kind].runs / found.runs, kind).to.be.greaterThan(0.2);
      expect(found.provenAgain / found.runs, ledger).to.be.greaterThan(0.2);
    }
    expect(renderStorms(evidence)).to.equal(await readFile("evidence/storms.md", "utf8"));
  });
});
