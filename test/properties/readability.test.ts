import { expect } from "chai";
import { parseEventLogs, toHex, type Address } from "viem";

import { GovernanceProposerAbi } from "@aztec/l1-artifacts/GovernanceProposerAbi";
import { TallySlashingProposerAbi } from "@aztec/l1-artifacts/TallySlashingProposerAbi";

import { CommitteeAttestationsAndSigners } from "@aztec/stdlib/block";

import { decodeRecorded } from "../../harness/accounting/lateSubmissionEvents.ts";
import { governanceSignalCall, nameLateRecipientCall, slashingVoteCall } from "../../harness/actors/publisher.ts";
import { Sequencer, type LandOptions } from "../../harness/actors/sequencer.ts";
import { readCheckpointAsArchiver } from "../../harness/consensus/archiverDecoding.ts";
import { UnreadableCheckpointError } from "../../harness/consensus/consensusErrors.ts";
import { deriveAccount } from "../../harness/l1/deriveAccount.ts";
import { advanceToEpoch, slotAt, slotStart } from "../../harness/network/rollupReads.ts";
import { upgradedNetwork } from "../fixtures/embeddedNetwork.ts";
import { rejection } from "../fixtures/rejection.ts";

const PAYLOAD: Address = "0x00000000000000000000000000000000000ba11a";

describe("The archiver of v4.1.2", () => {
  const rescuer = deriveAccount("readability", "rescuer").account;

  async function open() {
    const network = await upgradedNetwork();
    const { chain, buildAhead, validators } = network;
    await chain.setBalance(rescuer.address, 10n ** 20n);
    const sequencer = new Sequencer({ deployment: network, rollup: buildAhead, validators, seed: "readability" });
    // Slashing votes judge earlier rounds, so there must have been some.
    const { slashingOffsetInRounds, slashingRoundSize, aztecEpochDuration } = buildAhead.config;
    const votable = slashingOffsetInRounds * slashingRoundSize;
    await advanceToEpoch(chain, buildAhead, votable / aztecEpochDuration);
    const slot = slotAt(buildAhead, await chain.now()) + 1n;
    // Two bits for each of 48 members in each epoch of the round.
    const votes = toHex(new Uint8Array(Number((48n * (slashingRoundSize / aztecEpochDuration)) / 4n)));
    return { network, sequencer, slot, votes };
  }

  /** What a publisher adds to a proposal: the signal and the vote of the slot's proposer, who is `voteSlot`'s. */
  async function companions({ network, sequencer, votes }: Awaited<ReturnType<typeof open>>, voteSlot: bigint) {
    const { proposer } = await sequencer.committee(voteSlot);
    return [
      await governanceSignalCall({ ...network, rollup: network.buildAhead }, proposer, voteSlot, PAYLOAD, false),
      await slashingVoteCall(sequencer.view, proposer, voteSlot, votes, false),
    ];
  }

  for (const isLate of [false, true]) {
    for (const route of ["direct", "bundled", "bundled with everything"] as const) {
      if (!isLate && route === "bundled") continue;
      it(`reads ${isLate ? "a late" : "an on-time"} checkpoint, ${route}, without a trace`, async () => {
        const opened = await open();
        const { network, sequencer, slot } = opened;
        const checkpoint = await sequencer.build(slot, { feeAssetPriceModifier: -7n });
        const sender = isLate ? rescuer : (await sequencer.committee(slot)).proposer.account;
        const before = isLate ? [nameLateRecipientCall(sequencer.view, rescuer.address, false)] : [];
        const after = route === "bundled with everything" ? await companions(opened, isLate ? slot + 1n : slot) : [];
        const options: LandOptions = {
          from: sender,
          ...(route === "direct" ? {} : { bundle: { before, after, allowFailure: false } }),
        };
        const { receipt } = isLate
          ? await sequencer.landLate(checkpoint, options)
          : await sequencer.land(checkpoint, { ...options, timestamp: slotStart(network.buildAhead, slot) + 12n });
        expect(receipt.status, "the transaction").to.equal("success");
        const recorded = decodeRecorded(receipt, network.buildAhead.address);
        expect(recorded.map(({ submitter }) => submitter)).to.deep.equal(isLate ? [rescuer.address] : []);
        const { logs } = receipt;
        expect(parseEventLogs({ abi: GovernanceProposerAbi, eventName: "SignalCast", logs })).to.have.length(
          after.length / 2,
        );
        expect(parseEventLogs({ abi: TallySlashingProposerAbi, eventName: "VoteCast", logs })).to.have.length(
          after.length / 2,
        );

        const read = await readCheckpointAsArchiver(sequencer.view, receipt.transactionHash);
        expect(read.neededTrace, "needed a trace").to.equal(false);
        expect(read.checkpointNumber, "number").to.equal(Number(checkpoint.number));
        expect(read.header.toViem()).to.deep.equal(checkpoint.header.toViem());
        expect(read.archiveRoot.toString()).to.equal(checkpoint.archive);
        expect(read.feeAssetPriceModifier, "basis points").to.equal(-7n);
        const repacked = new CommitteeAttestationsAndSigners([...read.attestations]);
        expect(repacked.getPackedAttestations()).to.deep.equal(checkpoint.attestations);
        expect(repacked.getSigners(), "signatures").to.have.length(33);
      });
    }
  }

  it("reads a late and an on-time checkpoint that share one slot, each from its own transaction", async () => {
    const { sequencer, slot, network } = await open();
    const parent = await sequencer.build(slot);
    const child = await sequencer.build(slot + 1n, { parent });
    const late = await sequencer.landLate(parent, { from: rescuer });
    const next = await sequencer.land(child, { timestamp: slotStart(network.buildAhead, slot + 1n) + 24n });
    expect(next.revert).to.equal(undefined);
    for (const { receipt, checkpoint } of [late, next]) {
      const read = await readCheckpointAsArchiver(sequencer.view, receipt.transactionHash);
      expect(read.neededTrace, "needed a trace").to.equal(false);
      expect(read.header.toViem()).to.deep.equal(checkpoint.header.toViem());
    }
  });

  it("is not asked about a transaction that proposed nothing", async () => {
    const { sequencer, slot } = await open();
    const checkpoint = await sequencer.build(slot);
    const { revert, receipt } = await sequencer.land(checkpoint, { timestamp: slotStart(sequencer.rollup, slot + 2n) });
    expect(revert?.errorName).to.equal("HeaderLib__InvalidSlotNumber");
    await rejection(readCheckpointAsArchiver(sequencer.view, receipt.transactionHash), UnreadableCheckpointError);
  });
});
