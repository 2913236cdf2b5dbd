import { expect } from "chai";
import { encodeFunctionData } from "viem";

import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { proveAndSettle } from "../../support/settlement.ts";
import { expectRejected, refusal, rehearse, rehearseHeader } from "../../support/verdict.ts";
import { openTestWorld, type TestWorld } from "../../support/world.ts";

const GWEI = 10n ** 9n;
/** Slots from an update of the L1 fee oracle until it counts, and until the next one is taken. Source: `FeeLib`. */
const ORACLE_LAG = 2n;
const ORACLE_LIFETIME = 5n;

describe("The fee of a late header", () => {
  let world: TestWorld;

  beforeEach(async () => {
    world = await openTestWorld();
  });

  const feeAt = (slot: bigint) =>
    world.chain.publicClient.readContract({
      address: world.rollup.address,
      abi: RollupAbi,
      functionName: "getManaMinFeeAt",
      args: [world.at(slot), true],
    });

  /** Tells the oracle another base fee in the first seconds of a slot. */
  async function updateOracle(slot: bigint, baseFee: bigint): Promise<void> {
    const { chain, rollup, rescuer } = world;
    chain.producer.baseFeePerGas = baseFee;
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "updateL1GasFeeOracle" });
    await chain.execute({ from: rescuer, to: rollup.address, data }, { timestamp: world.at(slot, 5n) });
    chain.producer.baseFeePerGas = GWEI;
  }

  it("is its own slot's, although the clock's has changed: in propose and in validation", async () => {
    const { rescuer } = world;
    await updateOracle(world.firstSlot, 100n * GWEI);
    const slot = world.firstSlot + ORACLE_LAG - 1n;
    const [own, clock] = [await feeAt(slot), await feeAt(slot + 1n)];
    expect(own, "fee per mana").not.to.equal(clock);

    const timestamp = world.at(slot + 1n, 12n);
    const wrong = await world.build(slot, { header: { gasFees: { feePerDaGas: 0n, feePerL2Gas: clock } } });
    const expected = refusal("Rollup__InvalidManaMinFee", own, clock);
    expect(await rehearseHeader(world, wrong, timestamp), "header alone").to.deep.equal(expected);
    await expectRejected(world, wrong, expected, { timestamp: timestamp - 1n, from: rescuer });

    const checkpoint = await world.build(slot);
    expect(checkpoint.proposeArgs.header.gasFees.feePerL2Gas, "fee per mana").to.equal(own);
    expect(await rehearse(world, checkpoint, timestamp), "validateHeaderWithAttestations").to.equal("accepted");
    await world.landLate(checkpoint, { from: rescuer });
    // Its on-time child pays the clock's.
    const child = await world.build(slot + 1n);
    expect((await world.land(child, { timestamp: timestamp + 1n })).revert?.message).to.equal(undefined);
    expect(child.proposeArgs.header.gasFees.feePerL2Gas, "fee per mana").to.equal(clock);
    const late = [{ checkpoint, submitter: rescuer.address }];
    await proveAndSettle(world, { checkpoints: [checkpoint, child], late });
  });

  it("survives an oracle update that its own landing makes, and so does its child's", async () => {
    const { rescuer, chain } = world;
    await updateOracle(world.firstSlot, 2n * GWEI);
    const slot = world.firstSlot + ORACLE_LIFETIME - 1n;
    const checkpoint = await world.build(slot);
    const child = await world.build(slot + 1n, { parent: checkpoint });
    const before = await feeAt(slot + 1n + ORACLE_LAG);
    chain.producer.baseFeePerGas = 100n * GWEI;
    await world.landLate(checkpoint, { from: rescuer, delay: 1n });
    expect(await feeAt(slot + 1n + ORACLE_LAG), "fee per mana after the landing's update").not.to.equal(before);
    expect((await world.land(child)).revert?.message).to.equal(undefined);
    const late = [{ checkpoint, submitter: rescuer.address }];
    await proveAndSettle(world, { checkpoints: [checkpoint, child], late });
  });

  it("is nothing while there are no transactions: the checkpoint reward alone is split", async () => {
    world = await openTestWorld({ isIgnition: true });
    const { rescuer } = world;
    const slot = world.firstSlot + 1n;
    const timestamp = world.at(slot + 1n, 12n);
    const checkpoint = await world.build(slot);
    expect(checkpoint.proposeArgs.header.gasFees.feePerL2Gas, "fee per mana").to.equal(0n);
    const paying = await world.build(slot, { header: { gasFees: { feePerDaGas: 0n, feePerL2Gas: 1n } } });
    const expected = refusal("Rollup__InvalidManaMinFee", 0n, 1n);
    await expectRejected(world, paying, expected, { timestamp: timestamp - 1n, from: rescuer });
    expect(await rehearse(world, checkpoint, timestamp), "validateHeaderWithAttestations").to.equal("accepted");
    await world.landLate(checkpoint, { from: rescuer });
    await proveAndSettle(world, { checkpoints: [checkpoint], late: [{ checkpoint, submitter: rescuer.address }] });
  });
});
