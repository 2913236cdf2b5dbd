import { expect } from "chai";
import {
  concatHex,
  encodeAbiParameters,
  keccak256,
  parseAbiParameters,
  parseEventLogs,
  sha256,
  slice,
  toHex,
  type Hex,
} from "viem";

import { makeBundledProposeTransaction, makeProposeTransaction } from "../../harness/consensus/proposeTransaction.ts";
import { governanceSignalCall, nameLateRecipientCall, slashingVoteCall } from "../../harness/consensus/bundledCalls.ts";
import { readCheckpointAsArchiver } from "../../harness/consensus/archiverDecoding.ts";
import type { AttestationsAndSigners } from "../../harness/consensus/attestations.ts";
import { attestCheckpoint } from "../../harness/consensus/attestedCheckpoint.ts";
import { checkHeader } from "../../harness/consensus/checkHeader.ts";
import { buildCheckpoint } from "../../harness/consensus/checkpoint.ts";
import { readTip } from "../../harness/consensus/checkpointTip.ts";
import { InvalidCheckpointError, UnreadableCheckpointError } from "../../harness/consensus/consensusErrors.ts";
import type { RollupView } from "../../harness/consensus/rollupView.ts";
import { L1RevertError } from "../../harness/l1/l1Errors.ts";
import { openEmbeddedNetwork, type EmbeddedNetwork } from "../../harness/network/openEmbeddedNetwork.ts";
import { firstSlotOfEpoch, slotStart } from "../../harness/protocol/time.ts";
import { advanceToEpoch } from "../../harness/network/advance.ts";
import { encodeSlashVotes } from "../../harness/protocol/slashVotes.ts";
import { GovernanceProposerAbi, RollupAbi, TallySlashingProposerAbi } from "../../harness/upstream/abis.ts";
import { embeddedNetwork } from "../support/networks.ts";
import { rejection } from "../support/rejection.ts";
import { attested, landOnTime } from "./landing.ts";

const PAYLOAD = "0x00000000000000000000000000000000000000AA";
const versionedHash = (commitment: Uint8Array): Hex => concatHex(["0x01", slice(sha256(toHex(commitment)), 1)]);

/** `keccak256(abi.encode(CommitteeAttestations))`. */
const hashAttestations = ({ attestations }: AttestationsAndSigners): Hex =>
  keccak256(
    encodeAbiParameters(parseAbiParameters("(bytes signatureIndices, bytes signaturesOrAddresses)"), [attestations]),
  );

describe("Checkpoints on the v4 rollup", () => {
  let network: EmbeddedNetwork;
  let firstSlot: bigint;

  beforeEach(async () => {
    network = await embeddedNetwork();
    firstSlot = firstSlotOfEpoch(network.rollup.timing, network.firstEpoch) + 1n;
  });

  /** `CheckpointProposed` of a transaction, of which there must be exactly one. */
  function proposedBy(receipt: { logs: Parameters<typeof parseEventLogs>[0]["logs"] }) {
    const events = parseEventLogs({ abi: RollupAbi, eventName: "CheckpointProposed", logs: receipt.logs });
    expect(events.length, "checkpoints proposed").to.equal(1);
    return (events[0] as (typeof events)[number]).args;
  }

  it("land in successive slots, with real blobs and 33 of 48 attestations, and are what L1 then knows", async () => {
    let parent = await readTip(network);
    for (let index = 0n; index < 3n; index++) {
      const blobCount = Number(index) + 1;
      const built = await attested(network, network.validators, { slot: firstSlot + index, parent, blobCount });
      const { checkpoint, receipt } = await landOnTime(network, built);
      expect(checkpoint.signers.length, "attestations").to.equal(33);

      const event = proposedBy(receipt);
      expect(event.checkpointNumber, "number").to.equal(index + 1n);
      expect(event.archive).to.equal(checkpoint.archive);
      expect(event.payloadDigest).to.equal(checkpoint.digest);
      expect(event.attestationsHash).to.equal(hashAttestations(checkpoint));
      expect(event.versionedBlobHashes).to.deep.equal(
        checkpoint.blobs.map(({ commitment }) => versionedHash(commitment)),
      );

      const stored = await network.chain.publicClient.readContract({
        address: network.rollup.address,
        abi: RollupAbi,
        functionName: "getCheckpoint",
        args: [checkpoint.number],
      });
      expect(stored.headerHash).to.equal(checkpoint.header.hash().toString());
      expect(stored.outHash).to.equal(checkpoint.header.epochOutHash.toString());
      const { number, slot, archive, feeHeader } = checkpoint;
      expect(await readTip(network), "the tip").to.deep.equal({ number, slot, archive, feeHeader });
      // The next one is built on what L1 says, as a node without Build Ahead does.
      parent = await readTip(network);
    }
  });

  it("are refused when a blob is not the one that was committed to", async () => {
    const { checkpoint, committee } = await attested(network, network.validators, {
      slot: firstSlot,
      parent: await readTip(network),
    });
    const other = await attested(network, network.validators, {
      slot: firstSlot,
      parent: await readTip(network),
      seed: "other",
    });
    const request = makeProposeTransaction(
      network,
      { ...checkpoint, blobs: other.checkpoint.blobs },
      committee.proposer.account,
    );
    const timestamp = slotStart(network.rollup.timing, firstSlot) + 12n;
    const error = await rejection(network.chain.execute(request, { timestamp }), L1RevertError);
    expect(error.errorName).to.equal("Rollup__InvalidBlobHash");
  });

  it("pass L1's header check in their slot and fail it with one wrong field", async () => {
    const parent = await readTip(network);
    const { checkpoint, committee } = await attested(network, network.validators, { slot: firstSlot, parent });
    const at = slotStart(network.rollup.timing, firstSlot);
    await checkHeader(network, checkpoint, at);

    const falsified = [
      [{ totalManaUsed: network.rollup.config.manaTarget * 2n + 1n }, "Rollup__ManaLimitExceeded"],
      [{ lastArchiveRoot: checkpoint.archive }, "Rollup__InvalidArchive"],
      [{ timestamp: at + 1n }, "Rollup__InvalidTimestamp"],
      [{ gasFees: { feePerDaGas: 1n, feePerL2Gas: checkpoint.header.gasFees.feePerL2Gas } }, "Rollup__NonZeroDaFee"],
      [
        { gasFees: { feePerDaGas: 0n, feePerL2Gas: checkpoint.header.gasFees.feePerL2Gas + 1n } },
        "Rollup__InvalidManaMinFee",
      ],
    ] as const;
    for (const [header, expected] of falsified) {
      const options = { slot: firstSlot, parent, seed: "test", coinbase: committee.proposer.address, header };
      const wrong = attestCheckpoint(await buildCheckpoint(network, options), committee);
      const error = await rejection(checkHeader(network, wrong, at), L1RevertError);
      expect(error.errorName).to.equal(expected);
    }
    const late = await rejection(checkHeader(network, checkpoint, at + 72n), L1RevertError);
    expect(late.errorName, "one slot later").to.equal("HeaderLib__InvalidSlotNumber");
  });

  it("cannot be built on a parent of the same slot", async () => {
    const tip = await readTip(network);
    const building = attested(network, network.validators, { slot: firstSlot, parent: { ...tip, slot: firstSlot } });
    await rejection(building, InvalidCheckpointError);
  });

  it("are the same bytes in every run of a seed", async () => {
    const parent = await readTip(network);
    const once = await attested(network, network.validators, { slot: firstSlot, parent });
    const again = await attested(network, network.validators, { slot: firstSlot, parent });
    expect(again.checkpoint.proposeCalldata).to.equal(once.checkpoint.proposeCalldata);
    const other = await attested(network, network.validators, { slot: firstSlot, parent, seed: "other" });
    expect(other.checkpoint.digest).not.to.equal(once.checkpoint.digest);
  });

  it("give the same blocks when the whole run is repeated from nothing", async () => {
    const blocks: Hex[] = [];
    for (let run = 0; run < 2; run++) {
      const fresh = await openEmbeddedNetwork();
      const slot = firstSlotOfEpoch(fresh.rollup.timing, fresh.firstEpoch) + 1n;
      const { receipt } = await landOnTime(
        fresh,
        await attested(fresh, fresh.validators, { slot, parent: await readTip(fresh) }),
      );
      blocks.push(receipt.blockHash);
      await fresh.chain.close();
    }
    expect(blocks[1]).to.equal(blocks[0]);
  });

  describe("in a bundle", () => {
    it("land through Multicall3 together with a governance signal and a slashing vote, whatever else fails", async () => {
      const view: RollupView = network;
      const { slashingOffsetInRounds, slashingRoundSize, aztecEpochDuration } = view.rollup.config;
      // Votes are about earlier rounds, so there must have been some.
      const slot = slashingOffsetInRounds * slashingRoundSize + 1n;
      await advanceToEpoch(view.chain, view.rollup, slot / aztecEpochDuration);
      const { checkpoint, committee } = await attested(view, network.validators, { slot, parent: await readTip(view) });
      const { proposer } = committee;
      // Nobody of the 48 is to be slashed.
      const votes = encodeSlashVotes({
        committeeSize: 48,
        roundSlots: slashingRoundSize,
        epochSlots: aztecEpochDuration,
      });
      const request = makeBundledProposeTransaction(view, checkpoint, proposer.account, {
        multicall3: network.contracts.multicall3,
        // The v4 rollup knows no recipients: this one fails and is allowed to.
        before: [nameLateRecipientCall(view, proposer.address)],
        after: [
          await governanceSignalCall(network, proposer, slot, PAYLOAD),
          await slashingVoteCall(view, proposer, slot, votes),
        ],
      });
      const timestamp = slotStart(view.rollup.timing, slot) + 12n;
      const receipt = await network.chain.execute(request, { timestamp });
      expect(proposedBy(receipt).archive).to.equal(checkpoint.archive);
      const signals = parseEventLogs({ abi: GovernanceProposerAbi, eventName: "SignalCast", logs: receipt.logs });
      expect(signals.map(({ args }) => args.signaler)).to.deep.equal([proposer.address]);
      const cast = parseEventLogs({ abi: TallySlashingProposerAbi, eventName: "VoteCast", logs: receipt.logs });
      expect(cast.map(({ args }) => args.proposer)).to.deep.equal([proposer.address]);
    });

    it("take the bundle down when a call that may not fail does", async () => {
      const { checkpoint, committee } = await attested(network, network.validators, {
        slot: firstSlot,
        parent: await readTip(network),
      });
      const request = makeBundledProposeTransaction(network, checkpoint, committee.proposer.account, {
        multicall3: network.contracts.multicall3,
        before: [nameLateRecipientCall(network, committee.proposer.address, false)],
      });
      const timestamp = slotStart(network.rollup.timing, firstSlot) + 12n;
      const error = await rejection(network.chain.execute(request, { timestamp }), L1RevertError);
      expect(error.errorName).to.equal("Error");
      expect(error.args).to.deep.equal(["Multicall3: call failed"]);
      expect((await readTip(network)).number, "checkpoints").to.equal(0n);
    });

    it("leave the other calls alone when the proposal fails and may", async () => {
      const { checkpoint, committee } = await attested(network, network.validators, {
        slot: firstSlot,
        parent: await readTip(network),
        header: { coinbase: "0x0000000000000000000000000000000000000000" },
      });
      const signal = await governanceSignalCall(network, committee.proposer, firstSlot, PAYLOAD, false);
      const request = makeBundledProposeTransaction(network, checkpoint, committee.proposer.account, {
        multicall3: network.contracts.multicall3,
        after: [signal],
      });
      const timestamp = slotStart(network.rollup.timing, firstSlot) + 12n;
      const { logs } = await network.chain.execute(request, { timestamp });
      expect(parseEventLogs({ abi: GovernanceProposerAbi, eventName: "SignalCast", logs }).length, "signals").to.equal(
        1,
      );
      expect((await readTip(network)).number, "checkpoints").to.equal(0n);
    });
  });

  describe("read by the archiver of v4.1.2", () => {
    for (const route of ["direct", "bundled"] as const) {
      it(`are the header and attestations that were sent, ${route}, without a trace`, async () => {
        const { checkpoint, committee } = await attested(network, network.validators, {
          slot: firstSlot,
          parent: await readTip(network),
          feeAssetPriceModifier: -7n,
        });
        const { account } = committee.proposer;
        const { multicall3 } = network.contracts;
        const request =
          route === "direct"
            ? makeProposeTransaction(network, checkpoint, account)
            : makeBundledProposeTransaction(network, checkpoint, account, { multicall3 });
        const timestamp = slotStart(network.rollup.timing, firstSlot) + 12n;
        const { transactionHash } = await network.chain.execute(request, { timestamp });

        const read = await readCheckpointAsArchiver(network, transactionHash);
        expect(read.header.toViem()).to.deep.equal(checkpoint.header.toViem());
        expect(read.archiveRoot.toString()).to.equal(checkpoint.archive);
        expect(read.feeAssetPriceModifier, "basis points").to.equal(-7n);
        expect(BigInt(read.checkpointNumber), "number").to.equal(checkpoint.number);
        expect(read.neededTrace).to.equal(false);
        const signed = read.attestations.filter(({ signature }) => !signature.isEmpty());
        expect(signed.length, "attestations").to.equal(33);
        expect(read.attestations.length, "members").to.equal(48);
      });
    }

    it("are no checkpoint when the transaction proposed none", async () => {
      const { deployer, chain, rollup } = network;
      const { transactionHash } = await chain.execute({ from: deployer, to: deployer.address, value: 1n });
      await rejection(readCheckpointAsArchiver({ chain, rollup }, transactionHash), UnreadableCheckpointError);
    });
  });
});
