import { expect } from "chai";
import {
  createPublicClient,
  custom,
  parseEventLogs,
  type Address,
  type PublicClient,
  type TransactionReceipt,
} from "viem";

import { decodeRecorded } from "../../../harness/accounting/lateSubmissionEvents.ts";
import { readCheckpointAsArchiver } from "../../../harness/consensus/archiverDecoding.ts";
import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import {
  governanceSignalCall,
  nameLateRecipientCall,
  slashingVoteCall,
} from "../../../harness/consensus/bundledCalls.ts";
import { UnreadableCheckpointError } from "../../../harness/consensus/consensusErrors.ts";
import { makeProposeTransaction } from "../../../harness/consensus/proposeTransaction.ts";
import type { L1Chain } from "../../../harness/l1/l1Chain.ts";
import { advanceToEpoch } from "../../../harness/network/advance.ts";
import type { Deployer } from "../../../harness/network/deployer.ts";
import { encodeSlashVotes } from "../../../harness/protocol/slashVotes.ts";
import { slotAt } from "../../../harness/protocol/time.ts";
import { GovernanceProposerAbi, RollupAbi, TallySlashingProposerAbi } from "../../../harness/upstream/abis.ts";
import { CommitteeAttestationsAndSigners } from "../../../harness/upstream/stdlib.ts";
import { World, type LandOptions } from "../../../harness/world/world.ts";
import { deployCallRunner, encodeRun, invalidateCall, withBlobsOf, type Call } from "../../support/callRunner.ts";
import { embeddedNetwork, upgradedNetwork } from "../../support/networks.ts";
import { rejection } from "../../support/rejection.ts";
import { testWorldOn } from "../../support/world.ts";

const PAYLOAD: Address = "0x00000000000000000000000000000000000ba11a";

describe("The archiver of v4.1.2", () => {
  async function open() {
    const network = await upgradedNetwork();
    const world = await testWorldOn(network, "readability");
    const { chain, rollup } = world;
    // Slashing votes judge earlier rounds, so there must have been some.
    const { slashingOffsetInRounds, slashingRoundSize, aztecEpochDuration } = rollup.config;
    const votable = slashingOffsetInRounds * slashingRoundSize;
    await advanceToEpoch(chain, rollup, votable / aztecEpochDuration);
    const slot = slotAt(rollup.timing, await chain.now()) + 1n;
    // Nobody of the 48 is to be slashed.
    const votes = encodeSlashVotes({
      committeeSize: 48,
      roundSlots: slashingRoundSize,
      epochSlots: aztecEpochDuration,
    });
    return { world, slot, votes };
  }

  /** What a publisher adds to a proposal: the signal and the vote of the slot's proposer, who is `voteSlot`'s. */
  async function companions({ world, votes }: Awaited<ReturnType<typeof open>>, voteSlot: bigint) {
    const proposer = await world.proposerOf(voteSlot);
    return [
      await governanceSignalCall(world, proposer, voteSlot, PAYLOAD, false),
      await slashingVoteCall(world.view, proposer, voteSlot, votes, false),
    ];
  }

  for (const isLate of [false, true]) {
    for (const route of ["direct", "bundled", "bundled with everything"] as const) {
      if (!isLate && route === "bundled") continue;
      it(`reads ${isLate ? "a late" : "an on-time"} checkpoint, ${route}, without a trace`, async () => {
        const opened = await open();
        const { world, slot } = opened;
        const { rescuer, rollup } = world;
        const checkpoint = await world.build(slot, { feeAssetPriceModifier: -7n });
        const sender = isLate ? rescuer : await world.proposerOf(slot);
        const before = isLate ? [nameLateRecipientCall(world.view, rescuer.address, false)] : [];
        const after = route === "bundled with everything" ? await companions(opened, isLate ? slot + 1n : slot) : [];
        const options: LandOptions = {
          from: sender,
          ...(route === "direct" ? {} : { bundle: { before, after, allowFailure: false } }),
        };
        const { receipt } = isLate ? await world.landLate(checkpoint, options) : await world.land(checkpoint, options);
        expect(receipt.status, "the transaction").to.equal("success");
        const recorded = decodeRecorded(receipt, rollup.address);
        expect(recorded.map(({ submitter }) => submitter)).to.deep.equal(isLate ? [rescuer.address] : []);
        const { logs } = receipt;
        expect(parseEventLogs({ abi: GovernanceProposerAbi, eventName: "SignalCast", logs })).to.have.length(
          after.length / 2,
        );
        expect(parseEventLogs({ abi: TallySlashingProposerAbi, eventName: "VoteCast", logs })).to.have.length(
          after.length / 2,
        );

        const read = await readCheckpointAsArchiver(world.view, receipt.transactionHash);
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
    const { world, slot } = await open();
    const parent = await world.build(slot);
    const child = await world.build(slot + 1n, { parent });
    const late = await world.landLate(parent, { from: world.rescuer });
    const next = await world.land(child, { timestamp: world.at(slot + 1n, 24n) });
    expect(next.revert).to.equal(undefined);
    for (const { receipt, checkpoint } of [late, next]) {
      const read = await readCheckpointAsArchiver(world.view, receipt.transactionHash);
      expect(read.neededTrace, "needed a trace").to.equal(false);
      expect(read.header.toViem()).to.deep.equal(checkpoint.header.toViem());
    }
  });

  /** Sends calls through a contract that the archiver does not know, with the blobs of one checkpoint. */
  async function runThroughContract(
    world: World,
    deployer: Deployer,
    calls: readonly Call[],
    blobsOf: AttestedCheckpoint,
    timestamp: bigint,
  ) {
    const runner = await deployCallRunner(deployer);
    const request = makeProposeTransaction(world.view, blobsOf, await world.account("rescuer"));
    return world.chain.execute({ ...request, to: runner, data: encodeRun(calls) }, { timestamp });
  }

  it("reads a late checkpoint from a contract it does not know by a trace, and not at all where it cannot trace", async () => {
    const { world, slot } = await open();
    const { chain, rollup, network } = world;
    const checkpoint = await world.build(slot);
    const calls = [{ target: rollup.address, data: checkpoint.proposeCalldata }];
    const at = world.at(slot + 1n, 12n);
    const receipt = await runThroughContract(world, network.deployer, calls, checkpoint, at);
    expect(decodeRecorded(receipt, rollup.address)).to.have.length(1);

    const read = await readCheckpointAsArchiver(world.view, receipt.transactionHash);
    expect(read.neededTrace, "needed a trace").to.equal(true);
    expect(read.header.toViem()).to.deep.equal(checkpoint.header.toViem());
    expect(read.archiveRoot.toString()).to.equal(checkpoint.archive);

    const blind = readCheckpointAsArchiver(world.view, receipt.transactionHash, withoutTraces(chain));
    const error = await rejection(blind, UnreadableCheckpointError);
    expect((error.cause as Error).message).to.contain("Failed to trace transaction");
  });

  it("cannot read a late and an on-time checkpoint that one contract lands in one transaction", async () => {
    const { world, slot } = await open();
    const { rollup, network } = world;
    const parent = await world.build(slot);
    const header = { blobsHash: parent.blobsHash };
    const child = withBlobsOf(parent, await world.build(slot + 1n, { parent, header }));
    const calls = [parent, child].map(({ proposeCalldata }) => ({ target: rollup.address, data: proposeCalldata }));
    const at = world.at(slot + 1n, 12n);
    const receipt = await runThroughContract(world, network.deployer, calls, parent, at);
    await expectTwoProposals(world, receipt, [parent, child]);
  });

  /** A world on either rollup. */
  async function openOn(kind: "upstream's" | "the extended") {
    if (kind === "the extended") {
      const world = await testWorldOn(await upgradedNetwork(), "readability");
      return { world, deployer: world.network.deployer };
    }
    const network = await embeddedNetwork();
    const { rollup, validators: keys, deployer } = network;
    return { world: new World({ network, rollup, keys, seed: "readability" }), deployer };
  }

  for (const kind of ["upstream's", "the extended"] as const) {
    it(`cannot read two checkpoints of one slot that one contract lands in one transaction, on ${kind} rollup`, async () => {
      const { world, deployer } = await openOn(kind);
      const { rollup, chain } = world;
      const slot = slotAt(rollup.timing, await chain.now()) + 2n;
      // An unattested one, its removal, and a good one in its place.
      const good = await world.build(slot);
      const header = { blobsHash: good.blobsHash };
      const unattested = withBlobsOf(
        good,
        await world.build(slot, { salt: "unattested", header, signers: ({ proposer }) => [proposer] }),
      );
      const removal = invalidateCall(rollup.address, unattested, await world.committee(slot));
      const propose = ({ proposeCalldata }: AttestedCheckpoint) => ({ target: rollup.address, data: proposeCalldata });
      const calls = [propose(unattested), removal, propose(good)];
      const at = world.at(slot, 12n);
      const receipt = await runThroughContract(world, deployer, calls, good, at);
      await expectTwoProposals(world, receipt, [unattested, good]);
    });
  }

  /** The rollup took both; the archiver finds two calls by its trace and refuses to choose. */
  async function expectTwoProposals(
    world: World,
    { logs, transactionHash }: TransactionReceipt,
    checkpoints: readonly AttestedCheckpoint[],
  ): Promise<void> {
    const proposed = parseEventLogs({ abi: RollupAbi, eventName: "CheckpointProposed", logs });
    expect(proposed.map(({ args }) => args.archive)).to.deep.equal(checkpoints.map(({ archive }) => archive));
    const error = await rejection(readCheckpointAsArchiver(world.view, transactionHash), UnreadableCheckpointError);
    expect((error.cause as Error).message).to.contain("Multiple successful propose calls");
  }

  it("is not asked about a transaction that proposed nothing", async () => {
    const { world, slot } = await open();
    const checkpoint = await world.build(slot);
    const { revert, receipt } = await world.land(checkpoint, {
      timestamp: world.at(slot + 2n),
    });
    expect(revert?.errorName).to.equal("HeaderLib__InvalidSlotNumber");
    await rejection(readCheckpointAsArchiver(world.view, receipt.transactionHash), UnreadableCheckpointError);
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
