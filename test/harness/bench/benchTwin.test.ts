import { expect } from "chai";
import hardhat from "hardhat";

import { openBenchTwin, type BenchTwin } from "../../../harness/bench/benchTwin.ts";
import type { FloorDesignRecord } from "../../../harness/bench/floorDesignRecord.ts";
import { runBench, type BenchResult } from "../../../harness/bench/runBench.ts";
import { findRecord } from "../../../harness/report/findRecord.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { requireLanded } from "../../../harness/world/world.ts";

describe("A twin to measure", () => {
  let twin: BenchTwin;

  before(async () => {
    twin = await openBenchTwin(hardhat, { hardfork: "osaka", committee: 24, validatorCount: 64 });
  });
  after(() => twin.close());

  it("has the same committees on both sides, which accept the same bytes", async () => {
    const slot = twin.extended.firstSlotOf(twin.measuredEpoch);
    const { upstream, extended } = await twin.onBoth((side) => side.committee(slot));
    expect(extended).to.deep.equal(upstream);
    const checkpoint = await twin.build(slot);
    await twin.onBoth(async (side) => {
      const { receipt } = requireLanded(await side.land(checkpoint));
      const { input } = await side.chain.publicClient.getTransaction({ hash: receipt.transactionHash });
      expect(input, side.rollup.kind).to.equal(checkpoint.proposeCalldata);
    });
  });

  it("can do without the blob check, as upstream's own benchmark does", async () => {
    await twin.onBoth(async (side) => {
      const { chain, rollup } = side;
      const read = () =>
        chain.publicClient.readContract({ address: rollup.address, abi: RollupAbi, functionName: "checkBlob" });
      expect(await read(), "at first").to.equal(true);
      await twin.setBlobCheck(side, false);
      expect(await read(), "switched off").to.equal(false);
      await twin.setBlobCheck(side, true);
      expect(await read(), "switched on again").to.equal(true);
    });
  });
});

describe("A duplicate, measured for a committee of 48", () => {
  const leg = {
    hardfork: "osaka",
    committee: 48,
    length: "first epoch",
    cases: ["duplicate one block later", "floor designs"],
  } as const;
  let result: BenchResult;
  const measured = (way: "alone" | "bundled" | "guarded") =>
    findRecord(result.records, `duplicateOneBlockLater.${way}.ringFresh.c48.osaka`);
  const saved = ({ gasUsed, upstreamGasUsed = 0 }: ReturnType<typeof measured>) => upstreamGasUsed - gasUsed;

  before(async () => {
    result = await runBench(hardhat, [leg], 1, () => {});
  });

  it("executes at most 30,500 gas before its revert, and pays the floor within one percent", () => {
    const alone = measured("alone");
    expect(alone.execution, "execution before the revert").to.be.at.most(30_500);
    expect(alone.gasUsed, "receipt").to.be.at.most(alone.calldataFloor * 1.01);
    expect(alone.upstreamGasUsed, "upstream pays the same floor").to.equal(alone.calldataFloor);
    expect(alone.blobGas, "the blob is paid all the same").to.equal(131_072);
    expect(alone.outcome).to.equal("Rollup__SlotAlreadyInChain");
  });

  it("saves at least 41,000 gas in a bundle whose other calls succeed, and 60,000 behind a guard", () => {
    expect(saved(measured("bundled")), "early revert").to.be.at.least(41_000);
    const guarded = measured("guarded");
    expect(saved(guarded), "guard before the entry").to.be.at.least(60_000);
    expect(guarded.outcome, "the guard leaves the entry out").to.equal("not called");
  });

  it("is smaller in every compact design, all of which land and are found by trace", () => {
    const designOf = (key: string): FloorDesignRecord =>
      findRecord(result.floorDesigns, `floorDesign.${key}.c48.osaka`);
    const base = designOf("propose");
    expect(base.nodesFindIt).to.equal("in the calldata");
    for (const design of result.floorDesigns.filter(({ id }) => id !== base.id)) {
      expect(design.nodesFindIt, design.id).to.equal("by trace only");
    }
    for (const key of ["compactGiven", "compactRecovered", "compactStored"]) {
      expect(designOf(key).calldataFloor, key).to.be.lessThan(base.calldataFloor);
    }
  });
});
