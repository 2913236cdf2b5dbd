import { expect } from "chai";
import { encodeFunctionData, padHex, zeroHash } from "viem";

import type { Checkpoint } from "../../../harness/consensus/checkpoint.ts";
import { readTip, type CheckpointTip } from "../../../harness/consensus/checkpointTip.ts";
import { mainnetLikeConfig } from "../../../harness/network/networkConfig.ts";
import { advanceToEpoch } from "../../../harness/network/advance.ts";
import { InboxAbi } from "../../../harness/upstream/abis.ts";
import { landed } from "../../support/landing.ts";
import { openTestWorld, openV4World, type TestWorld, type V4World } from "../../support/world.ts";

describe("A checkpoint built on a parent that has not landed", () => {
  let world: V4World;
  let slot: bigint;
  /** Twice the target: every checkpoint adds to the congestion. */
  let manaUsed: bigint;

  beforeEach(async () => {
    world = await openV4World();
    slot = world.firstSlot + 1n;
    manaUsed = world.rollup.config.manaTarget * 2n;
  });

  const feeOf = ({ header }: Checkpoint) => header.gasFees.feePerL2Gas;

  it("charges what L1 will demand, under congestion and with a moving price, two generations deep", async () => {
    const build = (at: bigint, parent?: CheckpointTip) =>
      world.build(at, { manaUsed, feeAssetPriceModifier: 100n, ...(parent === undefined ? {} : { parent }) });
    const first = await build(slot);
    const second = await build(slot + 1n, first);
    const third = await build(slot + 2n, second);
    const fees = [first, second, third].map(feeOf);
    expect(new Set(fees).size, "different fees, or the parents would not matter").to.equal(3);

    for (const checkpoint of [first, second, third]) {
      await landed(world, checkpoint);
      const { feeHeader } = await readTip(world);
      expect(feeHeader, `fee header of checkpoint ${checkpoint.number}`).to.deep.equal(checkpoint.feeHeader);
    }
    expect(third.feeHeader.congestionCost > 0n, "congestion").to.equal(true);
  });

  it("charges the same when its parent has landed meanwhile", async () => {
    const parent = await world.build(slot, { manaUsed });
    const before = await world.build(slot + 1n, { manaUsed, parent });
    await landed(world, parent);
    const after = await world.build(slot + 1n, { manaUsed, parent });
    const onL1Tip = await world.build(slot + 1n, { manaUsed });
    expect(after.proposeCalldata).to.equal(before.proposeCalldata);
    expect(onL1Tip.proposeCalldata).to.equal(before.proposeCalldata);
  });

  it("is priced on its own parent although L1 has a stale log of that number", async () => {
    const { rollup, chain, firstEpoch } = world;
    await world.landOnTime(slot, { manaUsed });
    // Nobody proves it: it is prunable, and the next chain starts from genesis again.
    const epoch = firstEpoch + rollup.timing.proofSubmissionEpochs + 2n;
    await advanceToEpoch(chain, rollup, epoch);
    slot = world.firstSlotOf(epoch) + 1n;
    expect((await world.tipFor(slot)).number, "the effective tip").to.equal(0n);
    const first = await world.build(slot, { manaUsed });
    const second = await world.build(slot + 1n, { parent: first });
    await landed(world, first);
    await landed(world, second);
    expect((await readTip(world)).number, "checkpoints").to.equal(2n);
  });

  it("charges nothing where transactions are disabled", async () => {
    const config = mainnetLikeConfig();
    const rollup = { ...config.rollup, manaTarget: 0n };
    const ignition = await openV4World({ config: { ...config, rollup }, validatorCount: 48 });
    slot = ignition.firstSlot + 1n;
    const first = await ignition.build(slot);
    const second = await ignition.build(slot + 1n, { parent: first });
    expect([feeOf(first), feeOf(second)], "fees").to.deep.equal([0n, 0n]);
    await landed(ignition, first);
    await landed(ignition, second);
    expect((await readTip(ignition)).feeHeader).to.deep.equal(second.feeHeader);
  });

  describe("when a message enters the inbox before the parent lands", () => {
    /** Builds three generations, sends a message, and lands the first. */
    async function run(on: V4World | TestWorld) {
      const { chain, rollup, network } = on;
      const first = on.firstSlot + 1n;
      const parent = await on.build(first);
      const child = await on.build(first + 1n, { parent });
      const grandchild = await on.build(first + 2n, { parent: child });
      const recipient = { actor: padHex("0x01", { size: 32 }), version: rollup.version };
      const data = encodeFunctionData({
        abi: InboxAbi,
        functionName: "sendL2Message",
        args: [recipient, zeroHash, zeroHash],
      });
      const message = { from: network.deployer.account, to: rollup.inbox, data };
      await chain.execute(message, { timestamp: on.at(first, 6n) });
      await landed(on, parent);
      return { child, grandchild };
    }

    it("cannot land with an inbox lag of 1, as it said, and lands when it is built again", async () => {
      const { child } = await run(world);
      expect(child.isInHashFinal).to.equal(false);
      expect((await world.land(child)).revert?.errorName).to.equal("Rollup__InvalidInHash");

      const rebuilt = await world.build(child.slot);
      expect(rebuilt.isInHashFinal).to.equal(true);
      await landed(world, rebuilt, { timestamp: world.at(child.slot, 24n) });
      expect((await readTip(world)).slot).to.equal(child.slot);
    });

    it("lands with an inbox lag of 2, which leaves only the next generation at risk", async () => {
      const upgraded = await openTestWorld({ shape: "mainnet" });
      const { child, grandchild } = await run(upgraded);
      expect([child, grandchild].map(({ isInHashFinal }) => isInHashFinal)).to.deep.equal([true, false]);
      await landed(upgraded, child);
      expect((await upgraded.land(grandchild)).revert?.errorName).to.equal("Rollup__InvalidInHash");
    });
  });
});
