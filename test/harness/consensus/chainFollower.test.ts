import { expect } from "chai";
import { encodeFunctionData } from "viem";

import { attestCheckpoint, type AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { ChainFollower, type RollupEvent } from "../../../harness/consensus/chainFollower.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { invalidateCall } from "../../support/callRunner.ts";
import { landed } from "../../support/landing.ts";
import { openTestWorld, type TestWorld } from "../../support/world.ts";

/** What is said of an event in a test: its kind and whom it is about. */
const tell = (event: RollupEvent) => `${event.kind} ${event.kind === "pruned" ? event.provenNumber : event.number}`;

describe("A follower of the chain", () => {
  let world: TestWorld;
  let follower: ChainFollower;
  let slot: bigint;

  beforeEach(async () => {
    world = await openTestWorld();
    follower = new ChainFollower(world.view);
    slot = world.firstSlot + 1n;
  });

  const numbers = () => follower.chain.map(({ number }) => number);

  async function sync() {
    const { undone, events } = await follower.sync();
    return { undone: undone.map(tell), events: events.map(tell) };
  }

  it("hears of checkpoints, on time and late, with the slots that their events do not say", async () => {
    expect(await sync()).to.deep.equal({ undone: [], events: [] });
    const first = await world.landOnTime(slot);
    const second = await world.landLate(await world.build(slot + 1n), { from: world.rescuer });
    expect(await sync()).to.deep.equal({ undone: [], events: ["checkpointed 1", "checkpointed 2"] });
    const expected = [first, second].map(({ checkpoint, receipt }) => ({
      number: checkpoint.number,
      slot: checkpoint.slot,
      archive: checkpoint.archive,
      txHash: receipt.transactionHash,
      blockHash: receipt.blockHash,
    }));
    follower.chain.forEach((event, index) => expect(event).to.deep.include(expected[index]));
    expect(numbers()).to.deep.equal([1n, 2n]);
    expect(await sync(), "nothing twice").to.deep.equal({ undone: [], events: [] });
  });

  it("hears of a proof, and who proved", async () => {
    const { checkpoint } = await world.landOnTime(slot);
    await sync();
    expect(follower.proven).to.equal(0n);
    await world.prove([checkpoint], world.prover);
    const { events } = await follower.sync();
    expect(events.map(tell)).to.deep.equal(["proven 1"]);
    expect(events[0]).to.deep.include({ prover: world.prover.address });
    expect([follower.proven, numbers()]).to.deep.equal([1n, [1n]]);
  });

  it("drops what was pruned, above the proven tip only", async () => {
    const { checkpoint } = await world.landOnTime(slot);
    await world.prove([checkpoint], world.prover);
    await world.landOnTime(slot + 1n);
    await world.chain.mineAt(world.at(world.firstSlot + 8n));
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "prune" });
    await world.chain.execute({ from: world.rescuer, to: world.rollup.address, data });
    const { events } = await sync();
    expect(events).to.deep.equal(["checkpointed 1", "proven 1", "checkpointed 2", "pruned 1"]);
    expect([follower.proven, numbers()]).to.deep.equal([1n, [1n]]);
  });

  /** What a proposer can land for gas only, and anybody can remove again. */
  async function unattested(of: AttestedCheckpoint): Promise<AttestedCheckpoint> {
    const committee = await world.committee(of.slot);
    return attestCheckpoint(of, committee, world.keys, [committee.proposer]);
  }

  it("drops what was invalidated, and everything on top of it", async () => {
    await world.landOnTime(slot);
    const alone = await unattested(await world.build(slot + 1n));
    await landed(world, alone);
    await world.landOnTime(slot + 2n);
    await sync();
    expect(numbers()).to.deep.equal([1n, 2n, 3n]);
    const { target: to, data } = invalidateCall(world.rollup.address, alone, await world.committee(alone.slot));
    await world.chain.execute({ from: world.rescuer, to, data });
    expect((await sync()).events).to.deep.equal(["invalidated 2"]);
    expect(numbers()).to.deep.equal([1n]);
  });

  it("begins where it is told to", async () => {
    await world.landOnTime(slot);
    const late = new ChainFollower(world.view, (await world.chain.publicClient.getBlockNumber()) + 1n);
    expect((await late.sync()).events, "nothing new yet").to.deep.equal([]);
    await world.landOnTime(slot + 1n);
    expect((await late.sync()).events.map(tell)).to.deep.equal(["checkpointed 2"]);
    expect(late.chain.map(({ number }) => number)).to.deep.equal([2n]);
  });

  describe("when L1 takes blocks back", () => {
    it("unwinds what was in them, newest first, and reports it", async () => {
      await world.landOnTime(slot);
      await sync();
      const fork = await world.chain.snapshot();
      await world.landOnTime(slot + 1n);
      await world.prove(await world.landedIn(world.firstEpoch), world.prover);
      expect((await sync()).events).to.deep.equal(["checkpointed 2", "proven 2"]);
      await fork();
      expect(await sync()).to.deep.equal({ undone: ["proven 2", "checkpointed 2"], events: [] });
      expect([follower.proven, numbers()]).to.deep.equal([0n, [1n]]);
      expect(follower.history.map(tell)).to.deep.equal(["checkpointed 1"]);
    });

    it("tells what was undone from what took its place, though number and slot are the same", async () => {
      const fork = await world.chain.snapshot();
      const first = await world.landOnTime(slot);
      await sync();
      await fork();
      const second = await world.landOnTime(slot, { salt: "other" });
      const { undone, events } = await follower.sync();
      expect(undone.map((event) => (event as { archive?: string }).archive)).to.deep.equal([first.checkpoint.archive]);
      expect(events.map((event) => (event as { archive?: string }).archive)).to.deep.equal([second.checkpoint.archive]);
      expect(follower.chain.map(({ archive }) => archive)).to.deep.equal([second.checkpoint.archive]);
    });

    it("notices a new block of the same height", async () => {
      const fork = await world.chain.snapshot();
      await world.landOnTime(slot);
      const height = await world.chain.publicClient.getBlockNumber();
      await sync();
      await fork();
      await world.chain.mineAt(world.at(slot, 24n));
      expect(await world.chain.publicClient.getBlockNumber()).to.equal(height);
      expect(await sync()).to.deep.equal({ undone: ["checkpointed 1"], events: [] });
    });

    it("keeps what L1 still has, also of a range that it read at once", async () => {
      await world.landOnTime(slot);
      const fork = await world.chain.snapshot();
      await world.landOnTime(slot + 1n);
      expect((await sync()).events, "both at once").to.deep.equal(["checkpointed 1", "checkpointed 2"]);
      await fork();
      expect(await sync(), "the first one stands").to.deep.equal({ undone: ["checkpointed 2"], events: [] });
      expect(numbers()).to.deep.equal([1n]);
    });
  });
});
