import { expect } from "chai";

import type { BenchRecord } from "../../harness/bench/benchRecord.ts";
import type { FloorDesignRecord } from "../../harness/bench/floorDesigns.ts";
import { LanePair } from "../../harness/bench/lanePair.ts";
import { runBench, type BenchResult } from "../../harness/bench/runBench.ts";
import { getCommittee } from "../../harness/network/committee.ts";
import { RollupAbi } from "../../harness/upstream/abis.ts";

describe("Two lanes", () => {
  let pair: LanePair;

  before(async () => {
    pair = await LanePair.open({ hardfork: "osaka", committee: 24, validatorCount: 64 });
  });
  after(() => pair.close());

  it("have the same committees, and accept the same bytes", async () => {
    const { upstream, buildAhead, firstEpoch } = pair;
    expect(await getCommittee(upstream.chain, upstream.rollup, firstEpoch)).to.deep.equal(
      await getCommittee(buildAhead.chain, buildAhead.rollup, firstEpoch),
    );
    const checkpoint = await pair.build(firstEpoch * upstream.rollup.timing.epochSlots);
    const receipts = await pair.landOnTime(checkpoint);
    for (const [lane, receipt] of [
      [upstream, receipts.upstream],
      [buildAhead, receipts.buildAhead],
    ] as const) {
      const { input } = await lane.chain.publicClient.getTransaction({ hash: receipt.transactionHash });
      expect(input, lane.kind).to.equal(checkpoint.proposeCalldata);
      expect(receipt.status, lane.kind).to.equal("success");
    }
  });

  it("can do without the blob check, as upstream's own benchmark does", async () => {
    for (const lane of pair.lanes) {
      const read = () =>
        lane.chain.publicClient.readContract({
          address: lane.rollup.address,
          abi: RollupAbi,
          functionName: "checkBlob",
        });
      expect(await read(), "at first").to.equal(true);
      await pair.setBlobCheck(lane, false);
      expect(await read(), "switched off").to.equal(false);
      await pair.setBlobCheck(lane, true);
      expect(await read(), "switched on again").to.equal(true);
    }
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
  const rowOf = (variant: string): BenchRecord => {
    const row = result.records.find((record) => record.variant === variant && record.blobs === 1);
    if (row === undefined) throw new Error(`not measured: ${variant}`);
    return row;
  };
  const saved = ({ gasUsed, upstreamGasUsed = 0 }: BenchRecord) => upstreamGasUsed - gasUsed;

  before(async () => {
    result = await runBench([leg], 1, () => {});
  });

  it("executes at most 30,500 gas before its revert, and pays the floor within one percent", () => {
    const alone = rowOf("alone, fresh ring");
    expect(alone.execution, "execution before the revert").to.be.at.most(30_500);
    expect(alone.gasUsed, "receipt").to.be.at.most(alone.calldataFloor * 1.01);
    expect(alone.upstreamGasUsed, "upstream pays the same floor").to.equal(alone.calldataFloor);
    expect(alone.blobGas, "the blob is paid all the same").to.equal(131_072);
    expect(alone.outcome).to.equal("Rollup__SlotAlreadyInChain");
  });

  it("saves at least 41,000 gas in a bundle whose other calls succeed, and 60,000 behind a guard", () => {
    expect(saved(rowOf("in a bundle, fresh ring")), "early revert").to.be.at.least(41_000);
    const guarded = rowOf("in a guarded bundle, fresh ring");
    expect(saved(guarded), "guard before the entry").to.be.at.least(60_000);
    expect(guarded.outcome, "the guard leaves the entry out").to.equal("not called");
  });

  it("is smaller in every compact design, all of which land and are found by trace", () => {
    const [base, ...designs] = result.floorDesigns;
    expect(base?.nodesFindIt).to.equal("in the calldata");
    for (const design of designs) expect(design.nodesFindIt, design.design).to.equal("by trace only");
    const compact = designs.filter(({ design }) => design.startsWith("compact"));
    expect(compact).to.have.length(3);
    const floorOf = (design: FloorDesignRecord | undefined) => design?.calldataFloor ?? 0;
    for (const design of compact) expect(floorOf(design), design.design).to.be.lessThan(floorOf(base));
  });
});
