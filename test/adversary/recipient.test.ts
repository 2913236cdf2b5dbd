import { expect } from "chai";
import {
  encodeFunctionData,
  multicall3Abi,
  parseEventLogs,
  zeroAddress,
  type Address,
  type PrivateKeyAccount,
  type TransactionReceipt,
} from "viem";

import { makeProposeTransaction } from "../../harness/consensus/proposeTransaction.ts";
import { nameLateRecipientCall, type BundledCall } from "../../harness/consensus/bundledCalls.ts";
import {
  attestCheckpoint,
  withAttestations,
  type AttestedCheckpoint,
} from "../../harness/consensus/attestedCheckpoint.ts";
import { L1RevertError } from "../../harness/l1/l1Errors.ts";
import { lateSubmissionAbi } from "../../harness/protocol/abis.ts";
import { RollupAbi, TestERC20Abi } from "../../harness/upstream/abis.ts";
import { proveAndSettle, readLateSubmission, readSequencerRewards } from "../boundary/support/settlement.ts";
import { expectRejected, refusal } from "../boundary/support/verdict.ts";
import { openTestWorld, setTerms, type TestWorld } from "../support/world.ts";
import { deployCallRunner, encodeRun, invalidateCall, withBlobsOf, type Call } from "../support/callRunner.ts";
import { rejection } from "../support/rejection.ts";

describe("Who is credited for a late landing", () => {
  let world: TestWorld;
  let checkpoint: AttestedCheckpoint;
  let slot: bigint;
  let late: bigint;
  /** A publisher with a contract of its own. */
  let runner: Address;
  let restore: () => Promise<void>;

  before(async () => {
    world = await openTestWorld();
    const { chain, network } = world;
    runner = await deployCallRunner(chain, network.deployer);
    slot = world.firstSlot + 1n;
    late = world.at(slot + 1n, 12n);
    checkpoint = await world.build(slot);
    // As governance, impersonated: what is owed can be claimed.
    const open = encodeFunctionData({ abi: RollupAbi, functionName: "setRewardsClaimable", args: [true] });
    await chain.executeAs(network.contracts.governance, { to: world.rollup.address, data: open });
    await chain.mineAt(world.at(slot, 60n));
    restore = await chain.snapshot();
  });

  beforeEach(() => restore());

  const name = (recipient: Address): BundledCall => nameLateRecipientCall(world.view, recipient);
  const propose = (what = checkpoint): Call => ({ target: world.rollup.address, data: what.proposeCalldata });
  const nameCall = (recipient: Address): Call => ({ target: world.rollup.address, data: name(recipient).callData });
  const multicall = (calls: readonly Call[]): Call => ({
    target: world.network.contracts.multicall3,
    data: encodeFunctionData({
      abi: multicall3Abi,
      functionName: "aggregate3",
      args: [calls.map(({ target, data }) => ({ target, callData: data, allowFailure: false }))],
    }),
  });

  /** Sends calls through the runner, with the blobs of one checkpoint. */
  async function run(
    calls: readonly Call[],
    { from = world.rescuer, timestamp = late, blobsOf = checkpoint } = {},
  ): Promise<TransactionReceipt> {
    const request = makeProposeTransaction(world.view, blobsOf, from);
    return world.chain.execute({ ...request, to: runner, data: encodeRun(calls) }, { timestamp });
  }

  /** What a proposer can land on time for gas only: its own attestation and nobody else's. */
  async function unattested(of: AttestedCheckpoint): Promise<AttestedCheckpoint> {
    const committee = await world.committee(of.slot);
    return attestCheckpoint(of, committee, [committee.proposer]);
  }

  const invalidate = async (of: AttestedCheckpoint): Promise<Call> =>
    invalidateCall(world.rollup.address, of, await world.committee(of.slot));

  async function landBundled(before: readonly BundledCall[], from: PrivateKeyAccount = world.rescuer): Promise<void> {
    const { revert } = await world.land(checkpoint, { timestamp: late, from, bundle: { before } });
    expect(revert?.message).to.equal(undefined);
  }

  const submitter = async (of = slot) => (await readLateSubmission(world, of)).submitter;
  const settle = (credited: Address | undefined) =>
    proveAndSettle(world, { checkpoints: [checkpoint], late: [{ checkpoint, submitter: credited }] });

  it("is the sender of a plain transaction", async () => {
    await world.landLate(checkpoint, { from: world.rescuer });
    expect(await submitter()).to.equal(world.rescuer.address);
    await settle(world.rescuer.address);
  });

  it("is nobody through a shared or an own contract that names nobody: the cut is burned", async () => {
    await landBundled([]);
    expect(await submitter()).to.equal(zeroAddress);
    await settle(undefined);
    await restore();
    await run([propose()]);
    expect(await submitter()).to.equal(zeroAddress);
  });

  it("is who is named before the proposal in the same bundle", async () => {
    await landBundled([name(world.rival.address)]);
    expect(await submitter()).to.equal(world.rival.address);
    await settle(world.rival.address);
  });

  it("is the last one named", async () => {
    await landBundled([name(world.prover.address), name(world.rival.address), name(world.rescuer.address)]);
    expect(await submitter()).to.equal(world.rescuer.address);
  });

  it("cannot be the zero address, and a bundle whose naming fails credits nobody", async () => {
    const { chain, rollup, rescuer } = world;
    const request = { from: rescuer, to: rollup.address, data: name(zeroAddress).callData };
    const error = await rejection(chain.execute(request), L1RevertError);
    expect([error.errorName, ...error.args]).to.deep.equal(["LateSubmission__ZeroRecipient"]);
    await landBundled([name(zeroAddress)]);
    expect(await submitter()).to.equal(zeroAddress);
  });

  it("does not lose an earlier name to a zero one", async () => {
    await landBundled([name(world.rival.address), name(zeroAddress)]);
    expect(await submitter()).to.equal(world.rival.address);
  });

  it("is not who was named in an earlier transaction: an account that names and then lands is credited itself", async () => {
    const { chain, rollup, rescuer, rival } = world;
    const request = { from: rescuer, to: rollup.address, data: name(rival.address).callData };
    await chain.execute(request, { timestamp: late - 1n });
    await world.landLate(checkpoint, { from: rescuer });
    expect(await submitter()).to.equal(rescuer.address);
  });

  it("is not who an earlier bundle named and did not use", async () => {
    const { chain, rescuer } = world;
    const { target, data } = multicall([nameCall(world.rival.address)]);
    await chain.execute({ from: rescuer, to: target, data }, { timestamp: late - 1n });
    await landBundled([]);
    expect(await submitter()).to.equal(zeroAddress);
  });

  it("is still who was named when an earlier proposal of the bundle has failed", async () => {
    const bad = withAttestations({ ...checkpoint, blobInput: "0x" }, checkpoint);
    // The first attempt fails and gives back the name it took: the second one still has it.
    const failing = { target: world.rollup.address, callData: bad.proposeCalldata, allowFailure: true };
    await landBundled([name(world.rival.address), failing]);
    expect(await submitter()).to.equal(world.rival.address);
  });

  it("is who is named last under the shared contract's address, whoever wrapped the bundle", async () => {
    const { rival, rescuer } = world;
    // Multicall3 is one sender: a name given in one of its calls serves a proposal in another one.
    await run([multicall([nameCall(rival.address)]), multicall([propose()])]);
    expect(await submitter(), "named by the wrapper").to.equal(rival.address);
    await restore();
    // Named directly before the proposal, in the same bundle, the publisher's own name wins.
    await run([multicall([nameCall(rival.address)]), multicall([nameCall(rescuer.address), propose()])]);
    expect(await submitter(), "named by the bundle").to.equal(rescuer.address);
  });

  it("is not touched by names that others give under other addresses", async () => {
    const { rival, rescuer } = world;
    await run([multicall([nameCall(rival.address)]), nameCall(rescuer.address), propose()]);
    expect(await submitter(), "a contract with its own name").to.equal(rescuer.address);
    await restore();
    await run([nameCall(rival.address), multicall([propose()])]);
    expect(await submitter(), "the shared contract without one").to.equal(zeroAddress);
  });

  it("is still who was named when an on-time proposal went before", async () => {
    const { sequencer, rival } = world;
    // One transaction: an unattested on-time N+1 with the same blob, its removal, and then N late in its place.
    const built = await sequencer.build(slot + 1n, { header: { blobsHash: checkpoint.blobsHash } });
    const onTime = await unattested(withBlobsOf(checkpoint, built));
    const calls = [nameCall(rival.address), propose(onTime), await invalidate(onTime), propose(checkpoint)];
    const { logs } = await run(calls);
    const proposed = parseEventLogs({ abi: RollupAbi, eventName: "CheckpointProposed", logs });
    expect(proposed.map(({ args }) => args.archive)).to.deep.equal([onTime.archive, checkpoint.archive]);
    expect(await submitter()).to.equal(rival.address);
    await settle(rival.address);
  });

  it("is used up by the landing that takes it: a second one in the same transaction credits nobody", async () => {
    const { sequencer, rival } = world;
    // An unattested parent on time; N late on top of it; the parent's removal takes both away; N late again without it.
    const fresh = await sequencer.tipFor(slot);
    const parent = await unattested(await sequencer.build(slot));
    expect((await sequencer.land(parent, { timestamp: world.at(slot, 61n) })).revert?.message).to.equal(undefined);
    const first = await sequencer.build(slot + 1n, { parent });
    const second = withBlobsOf(
      first,
      await sequencer.build(slot + 1n, { parent: fresh, header: { blobsHash: first.blobsHash } }),
    );
    const calls = [nameCall(rival.address), propose(first), await invalidate(parent), propose(second)];
    await run(calls, { timestamp: world.at(slot + 2n, 12n), blobsOf: first });
    expect(await submitter(slot + 1n)).to.equal(zeroAddress);
    const late = [{ checkpoint: second, submitter: undefined }];
    await proveAndSettle(world, { checkpoints: [second], late });
  });

  it("may be the rollup, the burn address or the coinbase: harmless to everybody else", async () => {
    const { chain, rollup } = world;
    const burn = await chain.publicClient.readContract({
      address: rollup.address,
      abi: RollupAbi,
      functionName: "getBurnAddress",
    });
    const coinbase = checkpoint.header.coinbase.toString();
    for (const recipient of [rollup.address, burn, coinbase]) {
      await restore();
      await landBundled([name(recipient)]);
      await settle(recipient);
      // Everything that is owed can be paid out, and claiming for an odd recipient moves its own share only.
      const before = await balanceOf(rollup.address);
      const owed = await readSequencerRewards(world, recipient);
      const claim = encodeFunctionData({ abi: RollupAbi, functionName: "claimSequencerRewards", args: [recipient] });
      await chain.execute({ from: world.rival, to: rollup.address, data: claim });
      const paid = before - (await balanceOf(rollup.address));
      expect(paid, `paid out to ${recipient}`).to.equal(recipient === rollup.address ? 0n : owed);
      expect(await readSequencerRewards(world, recipient), "still owed").to.equal(0n);
      if (recipient === coinbase) continue;
      const claimOther = encodeFunctionData({
        abi: RollupAbi,
        functionName: "claimSequencerRewards",
        args: [coinbase],
      });
      await chain.execute({ from: world.rival, to: rollup.address, data: claimOther });
      expect(await readSequencerRewards(world, coinbase), "still owed to the coinbase").to.equal(0n);
    }
  });

  it("is a front-runner that copies the transaction and names itself; the copied one pays for nothing", async () => {
    const { sequencer, chain, rescuer, rival } = world;
    // The copy pays a higher tip and is mined first.
    await run([nameCall(rival.address), propose()], { from: rival });
    expect(await submitter()).to.equal(rival.address);
    const { revert } = await sequencer.land(checkpoint, { timestamp: late + 1n, from: rescuer });
    expect([revert?.errorName, ...(revert?.args ?? [])]).to.deep.equal(["Rollup__SlotAlreadyInChain", slot, slot]);
    expect(await chain.now(), "seconds").to.equal(late + 1n);
    await settle(rival.address);
  });

  it("may be the proposer's second address, and the burned part is lost to it all the same", async () => {
    const { sequencer, rescuer } = world;
    await sequencer.landLate(checkpoint, { from: rescuer });
    await settle(rescuer.address);
    const kept = await readSequencerRewards(world, checkpoint.header.coinbase.toString());
    const cut = await readSequencerRewards(world, rescuer.address);
    // 25 % stay, 50 % are the submitter's: three quarters in one purse, a quarter is gone.
    const short = 2n * kept - cut;
    expect(short >= 0n && short <= 4n, `cut ${cut}, kept ${kept}: dust stays with the coinbase`).to.equal(true);
  });

  it("cannot be changed by a second attempt for the same slot", async () => {
    await world.landLate(checkpoint, { from: world.rescuer });
    await expectRejected(world, checkpoint, refusal("Rollup__SlotAlreadyInChain", slot, slot), {
      timestamp: late + 5n,
      from: world.rival,
    });
    expect(await submitter()).to.equal(world.rescuer.address);
  });

  it("says so in the event", async () => {
    await setTerms(world, { submitterBps: 1, burnBps: 2 }, late - 2n);
    const { receipt } = await world.landLate(checkpoint, { from: world.rescuer });
    const { proposer } = await world.committee(slot);
    const recorded = parseEventLogs({
      abi: lateSubmissionAbi,
      eventName: "LateSubmissionRecorded",
      logs: receipt.logs,
    });
    expect(recorded.map(({ args }) => args)).to.deep.equal([
      {
        slot,
        checkpointNumber: 1n,
        originalProposer: proposer.address,
        submitter: world.rescuer.address,
        delay: 12n,
      },
    ]);
  });

  function balanceOf(who: Address): Promise<bigint> {
    return world.chain.publicClient.readContract({
      address: world.network.contracts.feeAsset,
      abi: TestERC20Abi,
      functionName: "balanceOf",
      args: [who],
    });
  }
});
