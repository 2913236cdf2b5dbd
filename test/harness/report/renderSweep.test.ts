import { readFile } from "node:fs/promises";

import { expect } from "chai";

import { OPEN_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import { renderSweep } from "../../../harness/report/renderSweep.ts";
import { SweepRowError } from "../../../harness/report/reportErrors.ts";
import { renderSweepChart, SWEEP_CHARTS } from "../../../harness/report/sweepCharts.ts";
import { SweepNumbers } from "../../../harness/report/sweepNumbers.ts";
import type { RunResult, SweepEvidence } from "../../../harness/sweep/record/sweepResult.ts";
import { MEASURES } from "../../../harness/sweep/record/sweepResult.ts";
import { FULL_PLAN, pointsOf, QUICK_PLAN, runsOf } from "../../../harness/sweep/sweepPlan.ts";
import { makeEvidence } from "../../../harness/sweep/sweepShards.ts";
import { textsOf } from "../../support/svgTexts.ts";

/** A sweep nobody has run: with the window open ten are late in 48 slots, and `displaced` says how many of them displace. */
function invent(displaced: (share: number, seed: string) => number): SweepEvidence {
  const results = runsOf(QUICK_PLAN).map((run): RunResult => {
    const isOpen = run.windowSeconds > 0;
    const counts: Readonly<Record<string, number>> = {
      late: isOpen ? 10 : 0,
      displaced: isOpen ? displaced(run.share, run.seed) : 0,
      lost: isOpen ? displaced(run.share, run.seed) : 10,
    };
    const values = MEASURES.map((name) => [name, counts[name] ?? 1]);
    const measures = Object.fromEntries(values) as RunResult["measures"];
    return { run, measures, slippedAfter: {}, rescuedAfter: isOpen ? { 0: 5, 12: 5 } : {} };
  });
  return makeEvidence({ commit: "0123456789abcdef", plan: QUICK_PLAN }, results, []);
}

describe("The sweep's report", () => {
  it("says from which share on the window saves more than it destroys, if from any", () => {
    const some = renderSweep(
      invent((share) => 10 * (1 - share)),
      OPEN_TERMS,
    );
    expect(some).to.include("**slow**: the window saves more than it destroys from 50 % of upgraded nodes on");
    expect(some).to.include("0 %: 0.0 ± 0.0, 50 %: 104.2 ± 0.0, 100 %: 208.3 ± 0.0");
    const always = renderSweep(
      invent(() => 0),
      OPEN_TERMS,
    );
    expect(always).to.include("the window saves more than it destroys at every share of upgraded nodes");
    const never = renderSweep(
      invent((share, seed) => (seed.endsWith("0") ? 9 : 11)),
      OPEN_TERMS,
    );
    expect(never).to.include("at no share of upgraded nodes does the window save more than it destroys, beyond chance");
    expect(never).to.include("At no share are fewer checkpoints lost than without it, beyond chance.");
  });

  it("does not take what holds at one share for what holds from it on", () => {
    const dented = renderSweep(
      invent((share) => (share === 0.5 ? 10 : 0)),
      OPEN_TERMS,
    );
    expect(dented).to.include("saves more than it destroys from 100 % of upgraded nodes on");
  });

  it("tells in which L1 block rescues land, and what cut they earn under the terms", () => {
    // A tenth in the first second of 24, rising to half: 30 % in the middle.
    expect(
      renderSweep(
        invent(() => 0),
        OPEN_TERMS,
      ),
    ).to.match(/\+0 s: 50 %, \+12 s: 50 % +\| +20\.0 %/);
  });

  it("has charts with a panel for each weather and a line for each share", async () => {
    const evidence = invent((share) => 10 * (1 - share));
    for (const chart of SWEEP_CHARTS) {
      const svg = await renderSweepChart(chart, evidence);
      expect(textsOf(svg), chart.file).to.include.members([...QUICK_PLAN.weathers, chart.title]);
      expect(await renderSweepChart(chart, evidence)).to.equal(svg);
    }
  });

  it("asks for no point that was not run", () => {
    const numbers = new SweepNumbers(invent(() => 0));
    expect(() => numbers.at("calm", 24, 0)).to.throw(SweepRowError);
  });
});

describe("Evidence of the sweep", () => {
  it("is of the whole plan, ten thousand slots a point and more, and reads as it counts", async () => {
    const evidence = JSON.parse(await readFile("evidence/sweep.json", "utf8")) as SweepEvidence;
    expect(evidence.plan).to.deep.equal(FULL_PLAN);
    expect(evidence.points.map(({ point }) => point)).to.deep.equal(pointsOf(FULL_PLAN));
    for (const { measures } of evidence.points) expect(measures.lost).to.have.lengthOf(FULL_PLAN.seeds);
    expect(FULL_PLAN.seeds * FULL_PLAN.slots).to.be.at.least(10_000);
    expect(evidence.sample).to.have.lengthOf(FULL_PLAN.sample.points);
    expect(renderSweep(evidence, OPEN_TERMS)).to.equal(await readFile("evidence/sweep.md", "utf8"));
    for (const chart of SWEEP_CHARTS) {
      const svg = await readFile(`evidence/charts/${chart.file}`, "utf8");
      expect(await renderSweepChart(chart, evidence), chart.file).to.equal(svg);
    }
  });
});
