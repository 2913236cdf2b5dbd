import { expect } from "chai";
import { parseEventLogs, zeroAddress } from "viem";

import {
  governanceSignalCall,
  nameLateRecipientCall,
  slashingVoteCall,
} from "../../../harness/consensus/bundledCalls.ts";
import { readTip } from "../../../harness/consensus/checkpointTip.ts";
import { advanceToEpoch } from "../../../harness/network/advance.ts";
import { encodeSlashVotes } from "../../../harness/protocol/slashVotes.ts";
import { GovernanceProposerAbi, TallySlashingProposerAbi } from "../../../harness/upstream/abis.ts";
import { landed, proposedBy } from "../../support/landing.ts";
import { openV4World, type V4World } from "../../support/world.ts";

const PAYLOAD = "0x00000000000000000000000000000000000000AA";

describe("Checkpoints in a bundle", () => {
  let world: V4World;
  let slot: bigint;

  beforeEach(async () => {
    world = await openV4World();
    slot = world.firstSlot + 1n;
  });

  it("land through Multicall3 together with a governance signal and a slashing vote, whatever else fails", async () => {
    const { chain, rollup, network } = world;
    const { slashingOffsetInRounds, slashingRoundSize, aztecEpochDuration } = rollup.config;
    // Votes are about earlier rounds, so there must have been some.
    slot = slashingOffsetInRounds * slashingRoundSize + 1n;
    await advanceToEpoch(chain, rollup, slot / aztecEpochDuration);
    const checkpoint = await world.build(slot);
    const proposer = await world.proposerOf(slot);
    // Nobody of the 48 is to be slashed.
    const votes = encodeSlashVotes({
      committeeSize: 48,
      roundSlots: slashingRoundSize,
      epochSlots: aztecEpochDuration,
    });
    const bundle = {
      // The v4 rollup knows no recipients: this one fails and is allowed to.
      before: [nameLateRecipientCall(world, proposer.address)],
      after: [
        await governanceSignalCall(network, proposer, slot, PAYLOAD),
        await slashingVoteCall(world, proposer, slot, votes),
      ],
    };
    const { receipt } = await landed(world, checkpoint, { bundle });
    expect(proposedBy(receipt).archive).to.equal(checkpoint.archive);
    const signals = parseEventLogs({ abi: GovernanceProposerAbi, eventName: "SignalCast", logs: receipt.logs });
    expect(signals.map(({ args }) => args.signaler)).to.deep.equal([proposer.address]);
    const cast = parseEventLogs({ abi: TallySlashingProposerAbi, eventName: "VoteCast", logs: receipt.logs });
    expect(cast.map(({ args }) => args.proposer)).to.deep.equal([proposer.address]);
  });

  it("take the bundle down when a call that may not fail does", async () => {
    const { address } = await world.proposerOf(slot);
    const before = [nameLateRecipientCall(world, address, false)];
    const { revert } = await world.land(await world.build(slot), { bundle: { before } });
    expect([revert?.errorName, ...(revert?.args ?? [])]).to.deep.equal(["Error", "Multicall3: call failed"]);
    expect((await readTip(world)).number, "checkpoints").to.equal(0n);
  });

  it("leave the other calls alone when the proposal fails and may", async () => {
    const checkpoint = await world.build(slot, { header: { coinbase: zeroAddress } });
    const signal = await governanceSignalCall(world.network, await world.proposerOf(slot), slot, PAYLOAD, false);
    const { receipt } = await landed(world, checkpoint, { bundle: { after: [signal] } });
    const signals = parseEventLogs({ abi: GovernanceProposerAbi, eventName: "SignalCast", logs: receipt.logs });
    expect(signals.length, "signals").to.equal(1);
    expect((await readTip(world)).number, "checkpoints").to.equal(0n);
  });
});
