import { expect } from "chai";
import fc from "fast-check";

import { DelayOutsideWindowError, splitAfter, splitShare } from "../../../harness/protocol/split.ts";
import table from "../../support/boundaryCases.json" with { type: "json" };
import { splitReward } from "../../unit/model/splitReward.ts";

/** Seed of the property tests: fixed, so that a red run can be repeated. */
const SEED = 0x6c31;

describe(`The split of a late share (property tests with seed ${SEED})`, () => {
  it("is what the specification says in the boundary cases", () => {
    for (const { name, share, submitterBps, burnBps, isCredited, cut, forfeit } of table.split) {
      const bps = { submitterBps: Number(submitterBps), burnBps: Number(burnBps) };
      const { submitterCut, forfeited } = splitShare(BigInt(share), bps, isCredited);
      expect({ submitterCut, forfeited }, name).to.deep.equal({
        submitterCut: BigInt(cut),
        forfeited: BigInt(forfeit),
      });
    }
  });

  it("agrees with the independent model, and loses nothing", () => {
    const bps = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 30n), bps, bps, fc.boolean(), (share, submitterBps, other, isCredited) => {
        const burnBps = other % (10_001 - submitterBps);
        const { submitterCut, forfeited, kept } = splitShare(share, { submitterBps, burnBps }, isCredited);
        const model = splitReward({
          share,
          submitterBps: BigInt(submitterBps),
          burnBps: BigInt(burnBps),
          isCredited,
        });
        expect({ cut: submitterCut, forfeit: forfeited }).to.deep.equal(model);
        expect(submitterCut + forfeited + kept).to.equal(share);
        expect(kept >= 0n).to.equal(true);
      }),
      { seed: SEED },
    );
  });
});

describe(`A split that rises with the delay (property tests with seed ${SEED})`, () => {
  const TERMS = { firstBps: 1_000, submitterBps: 5_000, burnBps: 2_500, windowSeconds: 24 };

  it("begins at the first cut and rises by the second, rounded down", () => {
    expect(splitAfter(TERMS, 0n)).to.deep.equal({ submitterBps: 1_000, burnBps: 6_500 });
    expect(splitAfter(TERMS, 1n), "166.67 more").to.deep.equal({ submitterBps: 1_166, burnBps: 6_334 });
    expect(splitAfter(TERMS, 12n)).to.deep.equal({ submitterBps: 3_000, burnBps: 4_500 });
    expect(splitAfter(TERMS, 23n)).to.deep.equal({ submitterBps: 4_833, burnBps: 2_667 });
  });

  it("never pays less later, stays between its ends, and takes the same from the proposer at any second", () => {
    const terms = fc
      .tuple(
        fc.integer({ min: 0, max: 10_000 }),
        fc.nat(10_000),
        fc.nat(10_000),
        fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      )
      .map(([submitterBps, first, burn, windowSeconds]) => ({
        firstBps: first % (submitterBps + 1),
        submitterBps,
        burnBps: burn % (10_001 - submitterBps),
        windowSeconds,
      }));
    fc.assert(
      fc.property(terms, fc.bigInt(0n, 2n ** 32n), (drawn, seconds) => {
        const delay = seconds % BigInt(drawn.windowSeconds);
        const { submitterBps, burnBps } = splitAfter(drawn, delay);
        expect(submitterBps + burnBps).to.equal(drawn.submitterBps + drawn.burnBps);
        expect(submitterBps).to.be.within(drawn.firstBps, drawn.submitterBps);
        if (delay > 0n) expect(splitAfter(drawn, delay - 1n).submitterBps).to.be.at.most(submitterBps);
      }),
      { seed: SEED },
    );
  });

  it("is flat when both ends are the same", () => {
    for (const delay of [0n, 7n, 23n]) {
      const flat = splitAfter({ ...TERMS, firstBps: 5_000 }, delay);
      expect(flat).to.deep.equal({ submitterBps: 5_000, burnBps: 2_500 });
    }
  });

  it("is for delays within the window only", () => {
    expect(() => splitAfter(TERMS, 24n)).to.throw(DelayOutsideWindowError, /delay=24, windowSeconds=24/);
    expect(() => splitAfter(TERMS, -1n)).to.throw(DelayOutsideWindowError);
    expect(() => splitAfter({ ...TERMS, windowSeconds: 0 }, 0n), "no window").to.throw(DelayOutsideWindowError);
  });
});
