import { expect } from "chai";
import hre from "hardhat";

import { ChainLedgers } from "../../../harness/ledger/chainLedgers.ts";
import { runStorm, runStorms, shrinkStorm, StuckError } from "../../../harness/stage/runStorm.ts";
import { drawStorm, FAULT_KINDS, setUpStorm, type Storm } from "../../../harness/stage/storm.ts";
import { fuzzSeed } from "../../support/fuzzSeed.ts";
import { rejection } from "../../support/rejection.ts";

const RUNS = 30;

describe("Storms", () => {
  it("are drawn from their seed alone, with every kind of fault in a good part of them", () => {
    expect(drawStorm("a")).to.deep.equal(drawStorm("a"));
    expect(drawStorm("a").faults).to.not.deep.equal(drawStorm("b").faults);
    const storms = Array.from({ length: 1_000 }, (_, index) => drawStorm(`draw/${index}`));
    for (const kind of FAULT_KINDS) {
      const share = storms.filter(({ faults }) => faults.some((fault) => fault.kind === kind)).length / storms.length;
      expect(share, kind).to.be.within(0.25, 0.65);
    }
  });

  it("end: nothing new goes wrong from the calm slot on", () => {
    for (let index = 0; index < 200; index++) {
      const storm = drawStorm(`end/${index}`);
      const { gossip, l1, nodes, slotSeconds } = setUpStorm(storm);
      // A slot's grace: what was held back may still arrive.
      const end = (storm.calmSlot + 1) * slotSeconds * 1000;
      for (const { slots } of gossip.rules) expect(slots?.[1]).to.be.lessThan(storm.calmSlot);
      for (const ms of l1.missedAt) expect(ms).to.be.lessThan(end);
      for (const { toMs } of [...gossip.partitions, ...l1.censorship]) expect(toMs).to.be.at.most(end);
      for (const { downtimes = [] } of Object.values(nodes)) {
        for (const { toMs } of downtimes) expect(toMs).to.be.at.most(end);
      }
    }
  });

  describe("on the real contracts", () => {
    const ledgers = new ChainLedgers(hre);
    const open = ledgers.open.bind(ledgers);
    after(() => ledgers.close());

    it(`break nothing, and a slot or two after them all is well again (${RUNS} runs)`, async () => {
      const { failures, ...report } = await runStorms(open, { seed: `${fuzzSeed(1)}`, runs: RUNS });
      expect(failures.map(({ seed, message }) => `${seed}: ${message}`)).to.deep.equal([]);
      expect(report.onTime).to.be.greaterThan(report.lost);
    });

    it("replay to the byte", async () => {
      const replay = async () => (await runStorm(open, drawStorm("replay"))).trace.render();
      expect(await replay()).to.equal(await replay());
    });

    it("are told apart from being stuck, and shrink to what they fail by", async () => {
      // Nodes that stay away for good are no weather: of any committee too few are left.
      const downtime = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
      const gone = ["v0", "v1", "v2", "v3"].map((node) => ({ kind: "crash", node, downtime }) as const);
      const drawn = drawStorm("shrink");
      const storm: Storm = { ...drawn, faults: [...drawn.faults.slice(0, 1), ...gone] };
      const error = await rejection(runStorm(open, storm), StuckError);
      expect(error.message).to.include("No checkpoint landed in a slot although the weather was calm");
      const smallest = await shrinkStorm(open, storm);
      expect(smallest.faults.length).to.be.within(1, gone.length - 1);
      expect(gone).to.include.members(smallest.faults);
    });
  });
});
