import { expect } from "chai";
import {
  createPublicClient,
  custom,
  parseEventLogs,
  type Address,
  type PublicClient,
  type TransactionReceipt,
} from "viem";

import { decodeRecorded } from "../../harness/accounting/lateSubmissionEvents.ts";
import { makeProposeTransaction } from "../../harness/consensus/proposeTransaction.ts";
import { governanceSignalCall, nameLateRecipientCall, slashingVoteCall } from "../../harness/consensus/bundledCalls.ts";
import { Sequencer, type LandOptions } from "../../harness/world/world.ts";
import { readCheckpointAsArchiver } from "../../harness/consensus/archiverDecoding.ts";
import type { AttestedCheckpoint } from "../../harness/consensus/attestedCheckpoint.ts";
import { UnreadableCheckpointError } from "../../harness/consensus/consensusErrors.ts";
import { deriveAccount } from "../../harness/l1/deriveAccount.ts";
import type { L1Chain } from "../../harness/l1/l1Chain.ts";
import type { EmbeddedNetwork } from "../../harness/network/openEmbeddedNetwork.ts";
import { slotAt, slotStart } from "../../harness/protocol/time.ts";
import { advanceToEpoch } from "../../harness/network/advance.ts";
import { encodeSlashVotes } from "../../harness/protocol/slashVotes.ts";
import { GovernanceProposerAbi, RollupAbi, TallySlashingProposerAbi } from "../../harness/upstream/abis.ts";
import { CommitteeAttestationsAndSigners } from "../../harness/upstream/stdlib.ts";
import { deployCallRunner, encodeRun, invalidateCall, withBlobsOf, type Call } from "../support/callRunner.ts";
import { embeddedNetwork, upgradedNetwork } from "../support/networks.ts";
import { rejection } from "../support/rejection.ts";

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
    const slot = slotAt(buildAhead.timing, await chain.now()) + 1n;
    // Nobody of the 48 is to be slashed.
    const votes = encodeSlashVotes({
      committeeSize: 48,
      roundSlots: slashingRoundSize,
      epochSlots: aztecEpochDuration,
    });
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
          : await sequencer.land(checkpoint, {
              ...options,
              timestamp: slotStart(network.buildAhead.timing, slot) + 12n,
            });
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
    const next = await sequencer.land(child, { timestamp: slotStart(network.buildAhead.timing, slot + 1n) + 24n });
    expect(next.revert).to.equal(undefined);
    for (const { receipt, checkpoint } of [late, next]) {
      const read = await readCheckpointAsArchiver(sequencer.view, receipt.transactionHash);
      expect(read.neededTrace, "needed a trace").to.equal(false);
      expect(read.header.toViem()).to.deep.equal(checkpoint.header.toViem());
    }
  });

  /** Sends calls through a contract that the archiver does not know, with the blobs of one checkpoint. */
  async function runThroughContract(
    {
      chain,
      deployer,
      sequencer,
    }: Pick<EmbeddedNetwork, "chain" | "deployer"> & {
      readonly sequencer: Sequencer;
    },
    calls: readonly Call[],
    blobsOf: AttestedCheckpoint,
    timestamp: bigint,
  ) {
    const runner = await deployCallRunner(chain, deployer);
    const request = makeProposeTransaction(sequencer.view, blobsOf, rescuer);
    return chain.execute({ ...request, to: runner, data: encodeRun(calls) }, { timestamp });
  }

  it("reads a late checkpoint from a contract it does not know by a trace, and not at all where it cannot trace", async () => {
    const { network, sequencer, slot } = await open();
    const { chain, deployer, buildAhead } = network;
    const checkpoint = await sequencer.build(slot);
    const calls = [{ target: buildAhead.address, data: checkpoint.proposeCalldata }];
    const at = slotStart(buildAhead.timing, slot + 1n) + 12n;
    const receipt = await runThroughContract({ chain, deployer, sequencer }, calls, checkpoint, at);
    expect(decodeRecorded(receipt, buildAhead.address)).to.have.length(1);

    const read = await readCheckpointAsArchiver(sequencer.view, receipt.transactionHash);
    expect(read.neededTrace, "needed a trace").to.equal(true);
    expect(read.header.toViem()).to.deep.equal(checkpoint.header.toViem());
    expect(read.archiveRoot.toString()).to.equal(checkpoint.archive);

    const blind = readCheckpointAsArchiver(sequencer.view, receipt.transactionHash, withoutTraces(chain));
    const error = await rejection(blind, UnreadableCheckpointError);
    expect((error.cause as Error).message).to.contain("Failed to trace transaction");
  });

  it("cannot read a late and an on-time checkpoint that one contract lands in one transaction", async () => {
    const { network, sequencer, slot } = await open();
    const { chain, deployer, buildAhead } = network;
    const parent = await sequencer.build(slot);
    const header = { blobsHash: parent.blobsHash };
    const child = withBlobsOf(parent, await sequencer.build(slot + 1n, { parent, header }));
    const calls = [parent, child].map(({ proposeCalldata }) => ({ target: buildAhead.address, data: proposeCalldata }));
    const at = slotStart(buildAhead.timing, slot + 1n) + 12n;
    const receipt = await runThroughContract({ chain, deployer, sequencer }, calls, parent, at);
    await expectTwoProposals(sequencer, receipt, [parent, child]);
  });

  /** The upgraded network, seen as one whose rollup is the extended one. */
  async function extendedNetwork(): Promise<EmbeddedNetwork> {
    const network = await upgradedNetwork();
    return { ...network, rollup: network.buildAhead };
  }

  for (const kind of ["upstream's", "the extended"] as const) {
    it(`cannot read two checkpoints of one slot that one contract lands in one transaction, on ${kind} rollup`, async () => {
      const network = kind === "upstream's" ? await embeddedNetwork() : await extendedNetwork();
      const { chain, deployer, validators, rollup } = network;
      await chain.setBalance(rescuer.address, 10n ** 20n);
      const sequencer = new Sequencer({ deployment: network, rollup, validators, seed: "readability" });
      const slot = slotAt(rollup.timing, await chain.now()) + 2n;
      // An unattested one, its removal, and a good one in its place.
      const good = await sequencer.build(slot);
      const header = { blobsHash: good.blobsHash };
      const unattested = withBlobsOf(
        good,
        await sequencer.build(slot, { salt: "unattested", header, signers: ({ proposer }) => [proposer] }),
      );
      const removal = invalidateCall(rollup.address, unattested, await sequencer.committee(slot));
      const propose = ({ proposeCalldata }: AttestedCheckpoint) => ({ target: rollup.address, data: proposeCalldata });
      const calls = [propose(unattested), removal, propose(good)];
      const at = slotStart(rollup.timing, slot) + 12n;
      const receipt = await runThroughContract({ chain, deployer, sequencer }, calls, good, at);
      await expectTwoProposals(sequencer, receipt, [unattested, good]);
    });
  }

  /** The rollup took both; the archiver finds two calls by its trace and refuses to choose. */
  async function expectTwoProposals(
    sequencer: Sequencer,
    { logs, transactionHash }: TransactionReceipt,
    checkpoints: readonly AttestedCheckpoint[],
  ): Promise<void> {
    const proposed = parseEventLogs({ abi: RollupAbi, eventName: "CheckpointProposed", logs });
    expect(proposed.map(({ args }) => args.archive)).to.deep.equal(checkpoints.map(({ archive }) => archive));
    const error = await rejection(readCheckpointAsArchiver(sequencer.view, transactionHash), UnreadableCheckpointError);
    expect((error.cause as Error).message).to.contain("Multiple successful propose calls");
  }

  it("is not asked about a transaction that proposed nothing", async () => {
    const { sequencer, slot } = await open();
    const checkpoint = await sequencer.build(slot);
    const { revert, receipt } = await sequencer.land(checkpoint, {
      timestamp: slotStart(sequencer.rollup.timing, slot + 2n),
    });
    expect(revert?.errorName).to.equal("HeaderLib__InvalidSlotNumber");
    await rejection(readCheckpointAsArchiver(sequencer.view, receipt.transactionHash), UnreadableCheckpointError);
  });
});

/** A connection to an L1 endpoint that knows no method to trace. */
function withoutTraces(chain: L1Chain): PublicClient {
  const request = async ({ method, params }: { method: string; params?: unknown[] }): Promise<unknown> => {
    if (/trace/i.test(method)) throw new Error(`The method ${method} does not exist`);
    return chain.rpc(method, params);
  };
  return createPublicClient({ transport: custom({ request }, { retryCount: 0 }) });
}
