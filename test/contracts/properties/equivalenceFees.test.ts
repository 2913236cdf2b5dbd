import { expect } from "chai";
import hardhat from "hardhat";
import { encodeFunctionData } from "viem";

import { World } from "../../../harness/world/world.ts";
import { compactConfig } from "../../../harness/differential/compactConfig.ts";
import { Dice } from "../../../harness/differential/dice.ts";
import { openExtendedNetwork } from "../../../harness/differential/openExtendedNetwork.ts";
import { slotStart } from "../../../harness/protocol/time.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";

const SEED = 5_201;
/** More than three lives of an oracle value (LIFETIME 5 slots, LAG 2). */
const SLOTS = 24;
const GWEI = 10n ** 9n;

describe("Fee anchoring: what a late header is asked to pay", function () {
  it("is what it would have paid on time, through every slot in which the L1 fee oracle switches", async () => {
    const terms = { firstBps: 5_000, submitterBps: 5_000, burnBps: 2_500, windowSeconds: 24, crossEpoch: true };
    const network = await openExtendedNetwork(
      hardhat,
      compactConfig({ inboxLag: 2n, aztecProofSubmissionEpochs: 8n }),
      terms,
      8,
    );
    const { chain, rollup, validators, deployer } = network;
    const world = new World({ network, rollup, keys: validators, seed: "fees" });
    const dice = new Dice(SEED);
    const readFee = (timestamp: bigint) =>
      chain.publicClient.readContract({
        address: rollup.address,
        abi: RollupAbi,
        functionName: "getManaMinFeeAt",
        args: [timestamp, true],
      });
    const updateOracle = (timestamp: bigint) => {
      const data = encodeFunctionData({ abi: RollupAbi, functionName: "updateL1GasFeeOracle" });
      return chain.execute({ from: deployer.account, to: rollup.address, data }, { timestamp });
    };

    let slot = await world.nextSlot();
    let switches = 0;
    let updates = 0;
    for (let index = 0; index < SLOTS; index++, slot++) {
      chain.producer.baseFeePerGas = dice.between(1n, 200n) * GWEI;
      const manaUsed = (rollup.config.manaTarget * dice.between(0n, 200n)) / 100n;
      const checkpoint = await world.build(slot, { manaUsed, feeAssetPriceModifier: dice.between(-100n, 100n) });
      const { feePerL2Gas } = checkpoint.proposeArgs.header.gasFees;
      // The clock's answer in the next slot, for the same parent: a rule that asked the clock would refuse these headers.
      if ((await readFee(slotStart(rollup.timing, slot + 1n))) !== feePerL2Gas) switches++;

      const restore = await chain.snapshot();
      for (const updateFirst of [false, true]) {
        chain.producer.baseFeePerGas = dice.between(1n, 200n) * GWEI;
        if (updateFirst) {
          const oracle = await chain.publicClient.readContract({
            address: rollup.address,
            abi: RollupAbi,
            functionName: "getL1FeesAt",
            args: [slotStart(rollup.timing, slot + 4n)],
          });
          await updateOracle(slotStart(rollup.timing, slot + 1n) + 1n);
          const updated = await chain.publicClient.readContract({
            address: rollup.address,
            abi: RollupAbi,
            functionName: "getL1FeesAt",
            args: [slotStart(rollup.timing, slot + 4n)],
          });
          if (updated.baseFee !== oracle.baseFee) updates++;
        }
        const late = await world.land(checkpoint, { timestamp: slotStart(rollup.timing, slot + 1n) + 12n });
        expect(late.revert?.message, `slot ${slot}, late, oracle updated before: ${updateFirst}`).to.equal(undefined);
        const landed = await chain.publicClient.readContract({
          address: rollup.address,
          abi: RollupAbi,
          functionName: "getCheckpoint",
          args: [checkpoint.number],
        });
        expect(landed.feeHeader, `fee header of slot ${slot}`).to.deep.equal(checkpoint.feeHeader);
        await restore();
      }
      const onTime = await world.land(checkpoint);
      expect(onTime.revert?.message, `slot ${slot}, on time at the same fee`).to.equal(undefined);
    }
    expect(switches, "slots after which the clock would have asked for another fee").to.be.at.least(3);
    expect(updates, "oracle updates that came between header slot and landing").to.be.at.least(3);
  });
});
