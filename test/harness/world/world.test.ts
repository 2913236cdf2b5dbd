import { expect } from "chai";

import { ABSENT_SIGNATURE, asRescued } from "../../../harness/consensus/attestedCheckpoint.ts";
import { UnknownContentError } from "../../../harness/consensus/contentStore.ts";
import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import { MissingKeyError, World, type Landing } from "../../../harness/world/world.ts";
import { rejection } from "../../support/rejection.ts";
import { openTestWorld, type TestWorld } from "../../support/world.ts";

describe("A world", () => {
  let world: TestWorld;
  let slot: bigint;

  beforeEach(async () => {
    world = await openTestWorld();
    slot = world.firstSlot + 1n;
  });

  /** The same rollup in the hands of somebody who holds some keys, or none. */
  const inHandsOf = (keys: ConstructorParameters<typeof World>[0]["keys"]) =>
    new World({ network: world.network, rollup: world.rollup, keys, seed: "other hands" });

  it("cannot send for a proposer whose key is not held, and builds for it all the same", async () => {
    const { proposer } = await world.committee(slot);
    const others = world.network.validators.filter(({ address }) => address !== proposer);
    const short = inHandsOf(others);
    const error = await rejection(short.proposerOf(slot), MissingKeyError);
    expect(error.fields).to.deep.equal({ address: proposer });
    const checkpoint = await short.build(slot);
    expect(checkpoint.signature).to.deep.equal(ABSENT_SIGNATURE);
    expect(checkpoint.signers).not.to.include(proposer);
    await rejection(short.land(checkpoint), MissingKeyError);
    expect((await short.land(checkpoint, { from: world.rescuer })).revert?.errorName, "a stranger may try").to.equal(
      "ValidatorSelection__MissingProposerSignature",
    );
  });

  it("tells what has landed in an epoch, and that it does not know what others built", async () => {
    const { checkpoint: first } = await world.landOnTime(slot);
    const { checkpoint: next } = await world.landOnTime(world.firstSlot + 4n);
    expect(await world.landedIn(world.firstEpoch)).to.deep.equal([first]);
    expect(await world.landedIn(world.firstEpoch + 1n)).to.deep.equal([next]);
    expect(await world.landedIn(world.firstEpoch + 2n)).to.deep.equal([]);
    const error = await rejection(inHandsOf([]).landedIn(world.firstEpoch), UnknownContentError);
    expect(error.fields).to.deep.include({ number: first.number, slot });
  });

  it("forgets what L1 has taken back, and knows it again when it lands again", async () => {
    const fork = await world.chain.snapshot();
    const { checkpoint } = await world.landOnTime(slot);
    expect(await world.landedIn(world.firstEpoch)).to.deep.equal([checkpoint]);
    await fork();
    expect(await world.landedIn(world.firstEpoch)).to.deep.equal([]);
    await world.landLate(checkpoint, { from: world.rescuer });
    expect(await world.landedIn(world.firstEpoch), "what a rescuer has sent").to.deep.equal([asRescued(checkpoint)]);
  });

  it("lands late what was gossiped, and the signers of a proposer that has slipped only when told to", async () => {
    const checkpoint = await world.build(slot);
    const fork = await world.chain.snapshot();
    const inputOf = async (landing: Landing) =>
      (await world.chain.publicClient.getTransaction({ hash: landing.receipt.transactionHash })).input;
    const rescue = await world.landLate(checkpoint, { from: world.rescuer });
    expect(rescue.checkpoint.signers).to.deep.equal([]);
    expect(rescue.checkpoint.signature).to.deep.equal(ABSENT_SIGNATURE);
    expect(await inputOf(rescue)).to.equal(rescue.checkpoint.proposeCalldata);
    await fork();
    const slip = await world.landLate(checkpoint, { isAsGiven: true });
    expect(await inputOf(slip), "to the byte").to.equal(checkpoint.proposeCalldata);
    expect(asRescued(rescue.checkpoint), "a rescue is one already").to.equal(rescue.checkpoint);
  });

  it("gives a refusal back from `land` and throws it from `landOnTime` and `landLate`", async () => {
    const checkpoint = await world.build(slot, { feeAssetPriceModifier: 101n });
    const { revert } = await world.land(checkpoint);
    expect(revert?.errorName).to.equal("FeeLib__InvalidFeeAssetPriceModifier");
    await rejection(world.landLate(checkpoint, { from: world.rescuer }), L1RevertError);
    await rejection(world.landOnTime(slot + 2n, { feeAssetPriceModifier: 101n }), L1RevertError);
    expect(await world.landedIn(world.firstEpoch)).to.deep.equal([]);
  });

  it("tells its listeners of landings, refused ones too, and of proofs, until they have heard enough", async () => {
    const landings: Landing[] = [];
    let proofs = 0;
    const stop = world.listen({ onLanding: (landing) => landings.push(landing), onProof: () => proofs++ });
    const { checkpoint } = await world.landOnTime(slot);
    await world.land(checkpoint, { timestamp: world.at(slot + 1n) });
    await world.prove([checkpoint], world.prover);
    stop();
    await world.landOnTime(slot + 2n);
    expect(landings.map(({ revert }) => revert?.errorName)).to.deep.equal([undefined, "Rollup__SlotAlreadyInChain"]);
    expect(proofs).to.equal(1);
  });

  it("finds the next slot whose punctual second is still ahead", async () => {
    await world.chain.mineAt(world.at(slot, 11n));
    expect(await world.nextSlot()).to.equal(slot);
    await world.chain.mineAt(world.at(slot, 12n));
    expect(await world.nextSlot()).to.equal(slot + 1n);
  });
});
