import { expect } from "chai";
import hardhat from "hardhat";
import { concatHex, encodeAbiParameters, keccak256, parseAbiParameters, sha256, slice, toHex, type Hex } from "viem";

import type { AttestationsAndSigners } from "../../../harness/consensus/attestations.ts";
import { checkHeader } from "../../../harness/consensus/checkHeader.ts";
import { readTip } from "../../../harness/consensus/checkpointTip.ts";
import { InvalidCheckpointError } from "../../../harness/consensus/consensusErrors.ts";
import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import { openEmbeddedNetwork } from "../../../harness/network/openEmbeddedNetwork.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { proposedBy } from "../../support/landing.ts";
import { rejection } from "../../support/rejection.ts";
import { openV4World, v4WorldOn, type V4World } from "../../support/world.ts";

const versionedHash = (commitment: Uint8Array): Hex => concatHex(["0x01", slice(sha256(toHex(commitment)), 1)]);

/** `keccak256(abi.encode(CommitteeAttestations))`. */
const hashAttestations = ({ attestations }: AttestationsAndSigners): Hex =>
  keccak256(
    encodeAbiParameters(parseAbiParameters("(bytes signatureIndices, bytes signaturesOrAddresses)"), [attestations]),
  );

describe("Checkpoints on the v4 rollup", () => {
  let world: V4World;
  let slot: bigint;

  beforeEach(async () => {
    world = await openV4World();
    slot = world.firstSlot + 1n;
  });

  it("land in successive slots, with real blobs and 33 of 48 attestations, and are what L1 then knows", async () => {
    for (let index = 0n; index < 3n; index++) {
      // Each is built on what L1 says, as a node without Build Ahead does.
      const { checkpoint, receipt } = await world.landOnTime(slot + index, { blobCount: Number(index) + 1 });
      expect(checkpoint.signers.length, "attestations").to.equal(33);

      const event = proposedBy(receipt);
      expect(event.checkpointNumber, "number").to.equal(index + 1n);
      expect(event.archive).to.equal(checkpoint.archive);
      expect(event.payloadDigest).to.equal(checkpoint.digest);
      expect(event.attestationsHash).to.equal(hashAttestations(checkpoint));
      expect(event.versionedBlobHashes).to.deep.equal(
        checkpoint.blobs.map(({ commitment }) => versionedHash(commitment)),
      );

      const stored = await world.chain.publicClient.readContract({
        address: world.rollup.address,
        abi: RollupAbi,
        functionName: "getCheckpoint",
        args: [checkpoint.number],
      });
      expect(stored.headerHash).to.equal(checkpoint.header.hash().toString());
      expect(stored.outHash).to.equal(checkpoint.header.epochOutHash.toString());
      const { number, archive, feeHeader } = checkpoint;
      expect(await readTip(world), "the tip").to.deep.equal({ number, slot: slot + index, archive, feeHeader });
    }
  });

  it("are refused when a blob is not the one that was committed to", async () => {
    const checkpoint = await world.build(slot);
    const { blobs } = await world.build(slot, { salt: "other" });
    const { revert } = await world.land({ ...checkpoint, blobs });
    expect(revert?.errorName).to.equal("Rollup__InvalidBlobHash");
  });

  it("pass L1's header check in their slot and fail it with one wrong field", async () => {
    const checkpoint = await world.build(slot);
    const at = world.at(slot);
    await checkHeader(world, checkpoint, at);

    const { feePerL2Gas } = checkpoint.proposeArgs.header.gasFees;
    const falsified = [
      [{ totalManaUsed: world.rollup.config.manaTarget * 2n + 1n }, "Rollup__ManaLimitExceeded"],
      [{ lastArchiveRoot: checkpoint.archive }, "Rollup__InvalidArchive"],
      [{ timestamp: at + 1n }, "Rollup__InvalidTimestamp"],
      [{ gasFees: { feePerDaGas: 1n, feePerL2Gas } }, "Rollup__NonZeroDaFee"],
      [{ gasFees: { feePerDaGas: 0n, feePerL2Gas: feePerL2Gas + 1n } }, "Rollup__InvalidManaMinFee"],
    ] as const;
    for (const [header, expected] of falsified) {
      const wrong = await world.build(slot, { header });
      const error = await rejection(checkHeader(world, wrong, at), L1RevertError);
      expect(error.errorName).to.equal(expected);
    }
    const late = await rejection(checkHeader(world, checkpoint, at + 72n), L1RevertError);
    expect(late.errorName, "one slot later").to.equal("HeaderLib__InvalidSlotNumber");
  });

  it("cannot be built on a parent of the same slot", async () => {
    const tip = await readTip(world);
    await rejection(world.build(slot, { parent: { ...tip, slot } }), InvalidCheckpointError);
  });

  it("are the same bytes in every run of a seed", async () => {
    const once = await world.build(slot);
    expect((await world.build(slot)).proposeCalldata).to.equal(once.proposeCalldata);
    expect((await world.build(slot, { salt: "other" })).digest).not.to.equal(once.digest);
  });

  it("give the same blocks when the whole run is repeated from nothing", async () => {
    const blocks: Hex[] = [];
    for (let run = 0; run < 2; run++) {
      const fresh = v4WorldOn(await openEmbeddedNetwork(hardhat));
      const { receipt } = await fresh.landOnTime(fresh.firstSlot + 1n);
      blocks.push(receipt.blockHash);
      await fresh.chain.close();
    }
    expect(blocks[1]).to.equal(blocks[0]);
  });
});
