import { expect } from "chai";

import { openModelLedger } from "../../../harness/ledger/modelLedger.ts";
import { runStage } from "../../../harness/stage/runStage.ts";
import { makeSetup, type StageChanges } from "../../../harness/stage/stageSetup.ts";

/** Many epochs of eight slots, in which now and then something is late, displaced or lost. */
const LONG: StageChanges = {
  seed: "long",
  slots: 400,
  provers: { prover: { provingMs: 60_000 } },
  l1: { missed: 0.02, propagation: { kind: "tail", fromMs: 200, meanMs: 4_000 } },
  nodes: {
    v0: { buildsAhead: false, takesBackAtBoundary: true },
    v1: { buildsAhead: false, takesBackAtBoundary: true },
    stranger: { rescues: [{ whose: "anybody", afterMs: 3_000, account: "stranger", isBundled: true }] },
  },
};

const run = (changes: StageChanges) => runStage(async (setup) => openModelLedger(setup), makeSetup(LONG, changes));

describe("A long run", () => {
  it("comes to the same counts whether or not what is over is let go of, and keeps little when it is", async () => {
    const whole = await run({});
    const counted = await run({ traceLimit: 0 });
    expect(counted.metrics).to.deep.equal(whole.metrics);
    expect(counted.totals).to.deep.equal(whole.totals);
    expect(whole.landed).to.have.lengthOf(whole.metrics.onTime + whole.metrics.late);
    expect(whole.softReorgs).to.have.lengthOf(whole.metrics.softReorgs);
    expect(counted.landed.length).to.be.lessThan(whole.landed.length / 2);
    expect(counted.begins.length).to.be.lessThan(whole.begins.length / 2);
    // It was about something.
    const { late, lost, displaced, refused } = whole.metrics;
    for (const count of [late, lost, displaced, refused]) expect(count).to.be.greaterThan(0);
  });

  it("accounts for the money of late landings: what is forfeited and what is cut are the terms' parts of one share", async () => {
    const { totals, metrics } = await run({ traceLimit: 0 });
    const { money, rescuedAfter, slippedAfter, proposers } = totals;
    expect(money.sources).to.equal(money.credited + money.proverRewards + money.burned);
    expect(money.settledLate).to.be.within(1, metrics.late);
    // A late proposer loses three quarters, whoever gets what of it.
    const lost = money.forfeited + money.cutsToOthers + money.cutsToThemselves;
    const share = (lost * 4n) / 3n / BigInt(money.settledLate);
    expect(money.cutsToOthers + money.cutsToThemselves < lost).to.equal(true);
    expect(share % 10n ** 16n).to.equal(0n);
    const late = [rescuedAfter, slippedAfter].flatMap((counts) => Object.values(counts));
    expect(late.reduce((sum, count) => sum + count, 0)).to.equal(metrics.late);
    const counts = Object.values(proposers);
    expect(counts.reduce((sum, { slots }) => sum + slots, 0)).to.equal(metrics.slots);
    expect(counts.reduce((sum, { landed }) => sum + landed, 0)).to.equal(metrics.onTime + metrics.late);
  });
});
