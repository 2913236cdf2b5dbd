import { expect } from "chai";
import hre from "hardhat";

import { ChainLedgers } from "../../../harness/ledger/chainLedgers.ts";
import { openModelLedger } from "../../../harness/ledger/modelLedger.ts";
import type { OpenLedger } from "../../../harness/stage/runStage.ts";
import { runStorm, runStorms, shrinkStorm, StuckError } from "../../../harness/stage/runStorm.ts";
import { drawStorm, FAULT_KINDS, setUpStorm, type Storm } from "../../../harness/stage/storm.ts";
import { addReports, EMPTY_REPORT } from "../../../harness/stage/stormReport.ts";
import { fuzzSeed } from "../../support/fuzzSeed.ts";
import { rejection } from "../../support/rejection.ts";

const RUNS = 30;
const MODEL_RUNS = 300;

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

  it("with a slow prover have one", () => {
    const storms = Array.from({ length: 300 }, (_, index) => drawStorm(`slow/${index}`));
    const slow = storms.filter(({ faults }) => faults.some(({ kind }) => kind === "slow prover"));
    expect(slow.length).to.be.greaterThan(0);
    for (const storm of slow) expect(Object.keys(setUpStorm(storm).provers)).to.deep.equal(["prover"]);
  });

  describe("on the model", () => {
    const open: OpenLedger = async (setup) => openModelLedger(setup);

    it(`break nothing, and everything is proven again (${MODEL_RUNS} runs)`, async () => {
      const { failures, ...report } = await runStorms(open, { seed: `${fuzzSeed(1)}`, runs: MODEL_RUNS });
      expect(failures.map(({ seed, message }) => `${seed}: ${message}`)).to.deep.equal([]);
      expect(report.provenAgain).to.be.greaterThan(MODEL_RUNS / 10);
      expect(report.proofs).to.be.at.least(report.provenAgain);
    });

    // What each of them has found.
    for (const [seed, what] of [
      ["guard/50", "a proposer that was down when its slot ended began to build in the next one"],
      [
        "guard/80",
        "a node that was down did not learn of all that had landed meanwhile, and packed transactions again",
      ],
      ["try/189", "a proof that was sent in a rush waited for ever with what had been enough then"],
    ] as const) {
      it(`are over once and for all: ${what}`, async () => {
        await runStorm(open, drawStorm(seed));
      });
    }

    it("notice when nothing is proven any more", async () => {
      const drawn = Array.from({ length: 100 }, (_, index) => drawStorm(`proven/${index}`));
      const proven = drawn.filter(({ base }) => Object.keys(base.provers).length > 0).slice(0, 5);
      expect(proven).to.have.lengthOf(5);
      // L1 takes nothing from the prover, ever.
      const toMs = Number.MAX_SAFE_INTEGER;
      const censorship = { senders: ["prover"], fromMs: 0, toMs } as const;
      for (const storm of proven) {
        const faults = [{ kind: "censoring builder", censorship }] as const;
        const error = await rejection(runStorm(open, { ...storm, faults }), StuckError);
        expect(error.message).to.include("An epoch was not proven although the weather was calm");
      }
    });

    it("add up from batches to what they are at once", async () => {
      const once = await runStorms(open, { seed: "batch", runs: 6 });
      const batches = [
        await runStorms(open, { seed: "batch", runs: 4 }),
        await runStorms(open, { seed: "batch", runs: 2, from: 4 }),
      ];
      expect(batches.reduce(addReports, EMPTY_REPORT)).to.deep.equal(once);
      expect(once.events["begun: checkpoint-proposal"]?.runs).to.equal(6);
    });
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

    // What it has found: a reorganisation took back the ether with which a prover had been furnished in the block before.
    it("are over once and for all where they have found something", async () => {
      await runStorm(open, drawStorm("storm/17"));
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
