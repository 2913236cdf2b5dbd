import { expect } from "chai";
import hardhat from "hardhat";
import { encodeFunctionData } from "viem";

import { readTip } from "../../../harness/consensus/checkpointTip.ts";
import { compactConfig } from "../../../harness/differential/compactConfig.ts";
import { Dice } from "../../../harness/differential/dice.ts";
import { openExtendedNetwork } from "../../../harness/differential/openExtendedNetwork.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { World } from "../../../harness/world/world.ts";

const SEED = 5_201;
/** More than three lives of an oracle value (LIFETIME 5 slots, LAG 2). */
const SLOTS = 24;
const GWEI = 10n ** 9n;

describe("Fee anchoring: what a late header is asked to pay", function () {
  it("is what it would have paid on time, through every slot in which the L1 fee oracle switches", async () => {
    const world = await open();
    const dice = new Dice(SEED);
    let slot = await world.nextSlot();
    let switches = 0;
    let updates = 0;
    for (let index = 0; index < SLOTS; index++, slot++) {
      world.chain.producer.baseFeePerGas = dice.between(1n, 200n) * GWEI;
      const checkpoint = await world.build(slot, {
        manaUsed: (world.manaTarget * dice.between(0n, 200n)) / 100n,
        feeAssetPriceModifier: dice.between(-100n, 100n),
      });
      const { feePerL2Gas } = checkpoint.proposeArgs.header.gasFees;
      // The clock's answer in the next slot, for the same parent: a rule that asked the clock would refuse these headers.
      if ((await readFee(world, world.at(slot + 1n))) !== feePerL2Gas) switches++;

      const restore = await world.chain.snapshot();
      for (const updateFirst of [false, true]) {
        world.chain.producer.baseFeePerGas = dice.between(1n, 200n) * GWEI;
        if (updateFirst && (await updateOracle(world, slot))) updates++;
        const late = await world.land(checkpoint, { timestamp: world.at(slot + 1n, 12n) });
        expect(late.revert?.message, `slot ${slot}, late, oracle updated before: ${updateFirst}`).to.equal(undefined);
        const { number, feeHeader } = await readTip(world.view);
        expect(number, `number of slot ${slot}`).to.equal(checkpoint.number);
        expect(feeHeader, `fee header of slot ${slot}`).to.deep.equal(checkpoint.feeHeader);
        await restore();
      }
      const onTime = await world.land(checkpoint);
      expect(onTime.revert?.message, `slot ${slot}, on time at the same fee`).to.equal(undefined);
    }
    expect(switches, "slots after which the clock would have asked for another fee").to.be.at.least(3);
    expect(updates, "oracle updates that came between header slot and landing").to.be.at.least(3);
  });
});

interface FeeWorld extends World {
  readonly manaTarget: bigint;
}

async function open(): Promise<FeeWorld> {
  const terms = { firstBps: 5_000, submitterBps: 5_000, burnBps: 2_500, windowSeconds: 24, crossEpoch: true };
  const config = compactConfig({ inboxLag: 2n, aztecProofSubmissionEpochs: 8n });
  const network = await openExtendedNetwork(hardhat, config, terms, 8);
  const { rollup, validators: keys } = network;
  const world = new World({ network, rollup, keys, seed: "fees" });
  return Object.assign(world, { manaTarget: rollup.config.manaTarget });
}

/** What the clock asks for at a second, in fee token units (1e18) per mana. */
function readFee({ chain, rollup }: World, timestamp: bigint): Promise<bigint> {
  return chain.publicClient.readContract({
    address: rollup.address,
    abi: RollupAbi,
    functionName: "getManaMinFeeAt",
    args: [timestamp, true],
  });
}

/** Updates the L1 fee oracle in the slot after a header's. Returns whether it will say something else. */
async function updateOracle(world: World, headerSlot: bigint): Promise<boolean> {
  const { chain, rollup } = world;
  const read = async () => {
    const args = [world.at(headerSlot + 4n)] as const;
    const contract = { address: rollup.address, abi: RollupAbi } as const;
    return (await chain.publicClient.readContract({ ...contract, functionName: "getL1FeesAt", args })).baseFee;
  };
  const before = await read();
  const from = await world.account("updater");
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "updateL1GasFeeOracle" });
  await chain.execute({ from, to: rollup.address, data }, { timestamp: world.at(headerSlot + 1n, 1n) });
  return (await read()) !== before;
}
