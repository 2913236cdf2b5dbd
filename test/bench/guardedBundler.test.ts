import { expect } from "chai";
import {
  encodeFunctionData,
  hexToBigInt,
  isAddressEqual,
  multicall3Abi,
  parseEventLogs,
  size,
  slice,
  type Address,
  type Hex,
} from "viem";

import { governanceSignalCall, nameLateRecipientCall, type BundledCall } from "../../harness/consensus/bundledCalls.ts";
import { deployBenchContract } from "../../harness/bench/deployBenchContract.ts";
import { proposeOf } from "../../harness/bench/expectations.ts";
import {
  ABSENT_SIGNATURE,
  withAttestations,
  type AttestedCheckpoint,
} from "../../harness/consensus/attestedCheckpoint.ts";
import { makeSidecars } from "../../harness/consensus/blobs.ts";
import { readTip } from "../../harness/consensus/checkpointTip.ts";
import { DEFAULT_TERMS } from "../../harness/network/deployBuildAhead.ts";
import { lateSubmissionAbi } from "../boundary/support/lateSubmissionAbi.ts";
import { traceCallFrame } from "../support/callFrames.ts";
import { lateSubmissionAbi } from "../../harness/protocol/abis.ts";
import { encodeSetTerms } from "../../harness/protocol/terms.ts";
import { openExtendedLane, type ExtendedLane } from "./support/extendedLane.ts";

describe("The guarded bundler", () => {
  let world: ExtendedLane;
  let bundler: Address;
  let slot: bigint;
  let checkpoint: AttestedCheckpoint;
  /** A call that succeeds once per slot, whoever makes it: the proposer has signed it. */
  let signal: BundledCall;
  let restore: () => Promise<void>;

  before(async () => {
    world = await openExtendedLane(4);
    const { lane, sequencer, firstSlot } = world;
    bundler = await deployBenchContract(lane, "GuardedBundler");
    slot = firstSlot + 1n;
    checkpoint = await sequencer.build(slot);
    const { proposer } = await sequencer.committee(slot);
    signal = await governanceSignalCall(lane, proposer, slot, lane.contracts.dateGatedRelayer);
    restore = await lane.chain.snapshot();
  });
  beforeEach(() => restore());
  after(() => world.lane.chain.close());

  const propose = (allowFailure = true, callData = checkpoint.proposeCalldata): BundledCall => ({
    target: world.lane.rollup.address,
    callData,
    allowFailure,
  });
  /** Only governance may set terms. */
  const forbidden = (allowFailure: boolean): BundledCall => {
    const callData = encodeSetTerms({ submitterBps: 0, burnBps: 0, windowSeconds: 0, crossEpoch: false });
    return { target: world.lane.rollup.address, callData, allowFailure };
  };

  /** Sends a bundle with the checkpoint's blobs and says what came of it. */
  async function send(calls: readonly BundledCall[], timestamp = world.at(slot, 12n)) {
    const { lane, rescuer } = world;
    const data = encodeFunctionData({ abi: multicall3Abi, functionName: "aggregate3", args: [calls] });
    const sidecars = makeSidecars(checkpoint.blobs, lane.chain);
    const receipt = await lane.chain.execute(
      { from: rescuer, to: bundler, data, sidecars },
      { timestamp, allowRevert: true },
    );
    const { calls: made = [], output = "0x" } = await traceCallFrame(lane.chain, receipt.transactionHash);
    const { to: rollup, selector } = proposeOf(lane);
    const sentTo = (target: Address, input: Hex) =>
      made.some(({ to, input: sent }) => to !== undefined && isAddressEqual(to, target) && sent.startsWith(input));
    return {
      receipt,
      /** A bit per call, the first in the lowest. */
      succeeded: receipt.status === "success" ? hexToBigInt(output) : undefined,
      hasProposed: sentTo(rollup, selector),
      hasSignalled: sentTo(signal.target, signal.callData) && receipt.status === "success",
      tip: (await readTip(lane)).archive,
      revert: receipt.status === "reverted" ? await lane.chain.getRevert(receipt.transactionHash) : undefined,
    };
  }

  it("lands a proposal, and makes the calls around it", async () => {
    const other = forbidden(true);
    const { succeeded, hasSignalled, tip } = await send([other, propose(), signal]);
    expect(succeeded).to.equal(0b110n);
    expect(hasSignalled).to.equal(true);
    expect(tip).to.equal(checkpoint.archive);
  });

  it("lands a proposal that is not allowed to fail", async () => {
    const { succeeded, tip } = await send([propose(false)]);
    expect(succeeded).to.equal(0b1n);
    expect(tip).to.equal(checkpoint.archive);
  });

  it("lands one a slot late, and credits whom the bundle names", async () => {
    const { lane, rescuer } = world;
    const { proposeCalldata } = withAttestations(checkpoint, checkpoint, ABSENT_SIGNATURE);
    const calls = [nameLateRecipientCall(lane, rescuer.address, false), propose(false, proposeCalldata)];
    const { receipt, succeeded, tip } = await send(calls, world.at(slot + 1n, 0n));
    expect(succeeded).to.equal(0b11n);
    expect(tip).to.equal(checkpoint.archive);
    const [recorded] = parseEventLogs({ abi: lateSubmissionAbi, logs: receipt.logs });
    expect(recorded?.args).to.deep.include({ slot, submitter: rescuer.address });
  });

  it("leaves out a duplicate without calling propose, and goes on with the next call", async () => {
    const { sequencer } = world;
    await sequencer.land(checkpoint);
    const { succeeded, hasProposed, hasSignalled, tip } = await send([propose(), signal], world.at(slot, 24n));
    expect(hasProposed, "propose was called").to.equal(false);
    expect(succeeded).to.equal(0b10n);
    expect(hasSignalled).to.equal(true);
    expect(tip).to.equal(checkpoint.archive);
  });

  it("leaves out a proposal whose window has closed, and one on another parent", async () => {
    const { sequencer } = world;
    const closed = await send([propose()], world.at(slot + 1n, BigInt(DEFAULT_TERMS.windowSeconds)));
    expect([closed.succeeded, closed.hasProposed], "too late").to.deep.equal([0n, false]);
    await restore();
    const missing = await sequencer.build(slot, { salt: "never landed" });
    const orphan = await sequencer.build(slot + 1n, { parent: missing });
    const onOther = await send([propose(true, orphan.proposeCalldata)], world.at(slot + 1n, 12n));
    expect([onOther.succeeded, onOther.hasProposed], "another parent").to.deep.equal([0n, false]);
  });

  it("calls a proposal that is open and fails for another reason", async () => {
    // On time the proposer's second signature is asked for.
    const unsigned = withAttestations(checkpoint, checkpoint, ABSENT_SIGNATURE);
    const { succeeded, hasProposed } = await send([propose(true, unsigned.proposeCalldata), signal]);
    expect(hasProposed, "propose was called").to.equal(true);
    expect(succeeded).to.equal(0b10n);
  });

  it("reverts for a call that must not fail, left out or failed", async () => {
    const { address } = world.lane.rollup;
    await world.sequencer.land(checkpoint);
    for (const call of [propose(false), forbidden(false)]) {
      const { revert, hasSignalled } = await send([signal, call], world.at(slot, 24n));
      expect([revert?.errorName, ...(revert?.args ?? [])]).to.deep.equal(["GuardedBundler__CallFailed", address]);
      expect(hasSignalled, "nothing of the bundle stays").to.equal(false);
      await restore();
      await world.sequencer.land(checkpoint);
    }
  });

  it("goes on after a call that may fail", async () => {
    const { succeeded } = await send([forbidden(true), signal, forbidden(true)]);
    expect(succeeded).to.equal(0b010n);
  });

  it("asks before a proposal that is cut off in its header, too, and does not make it", async () => {
    for (const length of [4, 100, 259]) {
      const short = slice(checkpoint.proposeCalldata, 0, length);
      expect(size(short)).to.equal(length);
      const { succeeded, hasProposed } = await send([propose(true, short)]);
      expect([succeeded, hasProposed], `${length} bytes`).to.deep.equal([0n, false]);
      await restore();
    }
  });

  it("takes an empty bundle, and a call without data", async () => {
    expect((await send([])).succeeded).to.equal(0n);
    const plain = { target: world.rescuer.address, callData: "0x", allowFailure: false } as const;
    expect((await send([plain, signal], world.at(slot, 24n))).succeeded).to.equal(0b11n);
  });
});
