import { setTimeout } from "node:timers/promises";

import { expect } from "chai";
import type { Hex } from "viem";

import { withAttestations, type AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { makeProposeTransaction } from "../../../harness/consensus/proposeTransaction.ts";
import { retrieveCheckpoints, type BlobSource } from "../../../harness/consensus/retrieveCheckpoints.ts";
import { openAnvilWorld, type AnvilWorld } from "../../support/anvilWorld.ts";
import { describeWithAnvil } from "../../support/withAnvil.ts";

/** Serves the blobs of checkpoints; those of `slow` only after a while, as a busy beacon node does. */
function blobsOf(checkpoints: readonly AttestedCheckpoint[], slow?: AttestedCheckpoint): BlobSource {
  return async (hashes) => {
    const wanted = (hash: Hex) => (checkpoint: AttestedCheckpoint) =>
      checkpoint.blobs.find((blob) => `0x${blob.getEthVersionedBlobHash().toString("hex")}` === hash);
    if (slow !== undefined && hashes.some((hash) => wanted(hash)(slow) !== undefined)) await setTimeout(300);
    return hashes.flatMap((hash) => checkpoints.flatMap((checkpoint) => wanted(hash)(checkpoint) ?? []));
  };
}

// Only anvil mines two blob transactions in one block.
describeWithAnvil("Checkpoints that the archiver retrieves from L1", () => {
  let world: AnvilWorld;
  let firstSlot: bigint;

  before(async () => {
    world = await openAnvilWorld({ seed: "archiver" });
    ({ firstSlot } = world);
  });

  after(() => world.close());

  it("come with their content, however many blobs it fills", async () => {
    // L1 allows six to a transaction.
    const blobCounts = [1, 2, 3, 6];
    const landed: AttestedCheckpoint[] = [];
    const fromBlock = (await world.chain.publicClient.getBlockNumber()) + 1n;
    for (const [index, blobCount] of blobCounts.entries()) {
      const { checkpoint, receipt } = await world.landOnTime(firstSlot + BigInt(index), { blobCount });
      const { blobVersionedHashes } = await world.chain.publicClient.getTransaction({ hash: receipt.transactionHash });
      expect(blobVersionedHashes?.length, "blobs on L1").to.equal(blobCount);
      landed.push(checkpoint);
    }
    const toBlock = await world.chain.publicClient.getBlockNumber();
    const retrieved = await retrieveCheckpoints(world.view, { fromBlock, toBlock, blobs: blobsOf(landed) });
    expect(retrieved.map(({ checkpoint }) => BigInt(checkpoint.number))).to.deep.equal(
      landed.map(({ number }) => number),
    );
    retrieved.forEach(({ checkpoint }, index) => {
      expect(checkpoint.archive.root.toString(), "archive").to.equal(landed[index]?.archive);
      expect(landed[index]?.header.equals(checkpoint.header), "header").to.equal(true);
      const effects = checkpoint.blocks.flatMap(({ body }) => body.txEffects);
      expect(
        effects.map(({ publicLogs }) => publicLogs.length),
        "a log for each transaction",
      ).to.deep.equal(Array.from({ length: blobCounts[index] ?? 0 }, () => 1));
    });
  });

  it("come in the wrong order when a late one shares its L1 block with the next and its blobs arrive last", async () => {
    const slot = (await world.nextSlot()) + 1n;
    const late = await world.build(slot);
    const next = await world.build(slot + 1n, { parent: late });
    const rescuer = await world.account("rescuer");
    for (const [checkpoint, from] of [
      [withAttestations(late, late), rescuer],
      [next, await world.proposerOf(slot + 1n)],
    ] as const) {
      world.content.add(checkpoint);
      await world.chain.submit(makeProposeTransaction(world.view, checkpoint, from));
    }
    const { number: block, receipts } = await world.chain.mineAt(world.at(slot + 1n, 12n));
    expect(receipts.map(({ status }) => status)).to.deep.equal(["success", "success"]);

    const retrieve = async (slow?: AttestedCheckpoint) => {
      const blobs = blobsOf([late, next], slow);
      const retrieved = await retrieveCheckpoints(world.view, { fromBlock: block, toBlock: block, blobs });
      return retrieved.map(({ checkpoint }) => BigInt(checkpoint.number));
    };
    expect(await retrieve(next), "the late one's blobs are there first").to.deep.equal([late.number, next.number]);
    // v4.1.2 sorts by L1 block alone: this is what makes its store throw, and why nobody honest lands both in one block.
    expect(await retrieve(late), "the late one's blobs arrive last").to.deep.equal([next.number, late.number]);
  });
});
