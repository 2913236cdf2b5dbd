import { expect } from "chai";
import { encodeFunctionData, padHex, zeroHash } from "viem";

import { makeProposeTransaction } from "../../../harness/consensus/proposeTransaction.ts";
import type { Checkpoint } from "../../../harness/consensus/checkpoint.ts";
import { readTip } from "../../../harness/consensus/checkpointTip.ts";
import type { RollupView } from "../../../harness/consensus/rollupView.ts";
import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import { mainnetLikeConfig } from "../../../harness/network/networkConfig.ts";
import type { EmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import { firstSlotOfEpoch, slotStart } from "../../../harness/protocol/time.ts";
import { advanceToEpoch } from "../../../harness/network/advance.ts";
import type { Validator } from "../../../harness/network/validator.ts";
import { InboxAbi } from "../../../harness/upstream/abis.ts";
import { embeddedNetwork, upgradedNetwork } from "../../support/networks.ts";
import { rejection } from "../../support/rejection.ts";
import { attested, landOnTime } from "../../support/landing.ts";

describe("A checkpoint built on a parent that has not landed", () => {
  let network: EmbeddedNetwork;
  let firstSlot: bigint;

  beforeEach(async () => {
    network = await embeddedNetwork();
    firstSlot = firstSlotOfEpoch(network.rollup.timing, network.firstEpoch) + 1n;
  });

  const feeOf = ({ header }: Checkpoint) => header.gasFees.feePerL2Gas;

  it("charges what L1 will demand, under congestion and with a moving price, two generations deep", async () => {
    const manaUsed = network.rollup.config.manaTarget * 2n;
    const choices = { manaUsed, feeAssetPriceModifier: 100n };
    const build = (slot: bigint, parent: Parameters<typeof attested>[2]["parent"]) =>
      attested(network, network.validators, { ...choices, slot, parent });
    const first = await build(firstSlot, await readTip(network));
    const second = await build(firstSlot + 1n, first.checkpoint);
    const third = await build(firstSlot + 2n, second.checkpoint);
    const fees = [first, second, third].map(({ checkpoint }) => feeOf(checkpoint));
    expect(new Set(fees).size, "different fees, or the parents would not matter").to.equal(3);

    for (const built of [first, second, third]) {
      const { checkpoint } = await landOnTime(network, built);
      const stored = await readTip(network);
      expect(stored.feeHeader, `fee header of checkpoint ${checkpoint.number}`).to.deep.equal(checkpoint.feeHeader);
    }
    expect(third.checkpoint.feeHeader.congestionCost > 0n, "congestion").to.equal(true);
  });

  it("charges the same when its parent has landed meanwhile", async () => {
    const manaUsed = network.rollup.config.manaTarget * 2n;
    const parent = await attested(network, network.validators, {
      slot: firstSlot,
      parent: await readTip(network),
      manaUsed,
    });
    const choices = { slot: firstSlot + 1n, manaUsed };
    const before = await attested(network, network.validators, { ...choices, parent: parent.checkpoint });
    await landOnTime(network, parent);
    const after = await attested(network, network.validators, { ...choices, parent: parent.checkpoint });
    const onL1Tip = await attested(network, network.validators, { ...choices, parent: await readTip(network) });
    expect(after.checkpoint.proposeCalldata).to.equal(before.checkpoint.proposeCalldata);
    expect(onL1Tip.checkpoint.proposeCalldata).to.equal(before.checkpoint.proposeCalldata);
  });

  it("is priced on its own parent although L1 has a stale log of that number", async () => {
    const { rollup, chain } = network;
    const manaUsed = rollup.config.manaTarget * 2n;
    const dropped = await attested(network, network.validators, {
      slot: firstSlot,
      parent: await readTip(network),
      manaUsed,
    });
    await landOnTime(network, dropped);
    // Nobody proves it: it is prunable, and the next chain starts from genesis again.
    await advanceToEpoch(chain, rollup, network.firstEpoch + rollup.timing.proofSubmissionEpochs + 2n);
    const slot = firstSlotOfEpoch(rollup.timing, network.firstEpoch + rollup.timing.proofSubmissionEpochs + 2n) + 1n;
    const parent = await readTip(network);
    expect(parent.number, "the effective tip").to.equal(0n);
    const first = await attested(network, network.validators, { slot, parent, manaUsed });
    const second = await attested(network, network.validators, { slot: slot + 1n, parent: first.checkpoint });
    await landOnTime(network, first);
    await landOnTime(network, second);
    expect((await readTip(network)).number, "checkpoints").to.equal(2n);
  });

  it("charges nothing where transactions are disabled", async () => {
    const config = mainnetLikeConfig();
    const rollup = { ...config.rollup, manaTarget: 0n };
    const ignition = await embeddedNetwork({ config: { ...config, rollup }, validatorCount: 48 });
    const slot = firstSlotOfEpoch(ignition.rollup.timing, ignition.firstEpoch) + 1n;
    const first = await attested(ignition, ignition.validators, { slot, parent: await readTip(ignition) });
    const second = await attested(ignition, ignition.validators, { slot: slot + 1n, parent: first.checkpoint });
    expect([feeOf(first.checkpoint), feeOf(second.checkpoint)], "fees").to.deep.equal([0n, 0n]);
    await landOnTime(ignition, first);
    await landOnTime(ignition, second);
    expect((await readTip(ignition)).feeHeader).to.deep.equal(second.checkpoint.feeHeader);
  });

  describe("when a message enters the inbox before the parent lands", () => {
    /** Builds three generations, sends a message, and lands the first. */
    async function run(view: RollupView, validators: readonly Validator[], slot: bigint) {
      const { chain, rollup } = view;
      const parent = await attested(view, validators, { slot, parent: await readTip(view) });
      const child = await attested(view, validators, { slot: slot + 1n, parent: parent.checkpoint });
      const grandchild = await attested(view, validators, { slot: slot + 2n, parent: child.checkpoint });
      const recipient = { actor: padHex("0x01", { size: 32 }), version: BigInt(rollup.config.version) };
      const data = encodeFunctionData({
        abi: InboxAbi,
        functionName: "sendL2Message",
        args: [recipient, zeroHash, zeroHash],
      });
      const message = { from: network.deployer, to: rollup.inbox, data };
      await chain.execute(message, { timestamp: slotStart(rollup.timing, slot) + 6n });
      await landOnTime(view, parent);
      return { child, grandchild };
    }

    it("cannot land with an inbox lag of 1, as it said, and lands when it is built again", async () => {
      const { child } = await run(network, network.validators, firstSlot);
      expect(child.checkpoint.isInHashFinal).to.equal(false);
      const error = await rejection(landOnTime(network, child), L1RevertError);
      expect(error.errorName).to.equal("Rollup__InvalidInHash");

      const { slot } = child.checkpoint;
      const rebuilt = await attested(network, network.validators, { slot, parent: await readTip(network) });
      expect(rebuilt.checkpoint.isInHashFinal).to.equal(true);
      const transaction = makeProposeTransaction(network, rebuilt.checkpoint, rebuilt.committee.proposer.account);
      await network.chain.execute(transaction);
      expect((await readTip(network)).slot).to.equal(slot);
    });

    it("lands with an inbox lag of 2, which leaves only the next generation at risk", async () => {
      const upgraded = await upgradedNetwork();
      const view = { chain: upgraded.chain, rollup: upgraded.buildAhead };
      const slot = firstSlotOfEpoch(view.rollup.timing, upgraded.firstBuildAheadEpoch) + 1n;
      const { child, grandchild } = await run(view, upgraded.validators, slot);
      expect([child, grandchild].map(({ checkpoint }) => checkpoint.isInHashFinal)).to.deep.equal([true, false]);
      await landOnTime(view, child);
      const error = await rejection(landOnTime(view, grandchild), L1RevertError);
      expect(error.errorName).to.equal("Rollup__InvalidInHash");
    });
  });
});
