import { expect } from "chai";
import { toHex } from "viem";

import {
  governanceSignalCall,
  nameLateRecipientCall,
  slashingVoteCall,
} from "../../../harness/consensus/bundledCalls.ts";
import { toWord } from "../../../harness/protocol/storageMap.ts";
import {
  BLOB_CHECK_GAS,
  computeGasLimit,
  FIXED_GAS_LIMIT,
  MAX_GAS_LIMIT,
} from "../../../harness/publisher/gasLimit.ts";
import { encodeNoVotes } from "../../../harness/scenarios/noVotes.ts";
import { RollupContract } from "../../../harness/upstream/contracts.ts";
import { expectGasSnapshot } from "../../support/gasSnapshot.ts";
import { openTestWorld } from "../../support/world.ts";

/** The most that a transaction carries (EIP-7594). */
const MOST_BLOBS = 6;

describe("The gas limit of a bundle", () => {
  it("is a fifth more than the dearer landing takes, and the blobs", () => {
    expect(computeGasLimit({ aimed: 300_000n, turnedLate: 500_000n, blobs: 0 })).to.equal(600_000n);
    expect(computeGasLimit({ aimed: 300_000n, turnedLate: undefined, blobs: 0 })).to.equal(360_000n);
    // Votes of a slot that is over are refused at once: a bundle may be cheaper late.
    expect(computeGasLimit({ aimed: 700_000n, turnedLate: 500_000n, blobs: 2 })).to.equal(840_200n);
  });

  it("is never more than a transaction may have", () => {
    expect(computeGasLimit({ aimed: 16_000_000n, turnedLate: undefined, blobs: 0 })).to.equal(MAX_GAS_LIMIT);
  });

  it("where nothing could be measured, covers the dearest bundle there is, and a blob's check is no dearer than it is taken for", async () => {
    const world = await openTestWorld({ shape: "mainnet" });
    const { chain, view, rollup } = world;
    // Nothing has landed: the epoch is to be sampled, and every word of the rings is a new one.
    const slot = world.firstSlot;
    const checkpoint = await world.build(slot, { blobCount: MOST_BLOBS });
    const next = await world.proposerOf(slot + 1n);
    const votes = [
      await governanceSignalCall(world, next, slot + 1n, rollup.address),
      await slashingVoteCall(view, next, slot + 1n, await encodeNoVotes(view)),
    ];
    const land = async () => {
      const restore = await chain.snapshot();
      const before = [nameLateRecipientCall(view, next.address)];
      const { receipt } = await world.landLate(checkpoint, {
        from: next,
        isAsGiven: true,
        bundle: { before, after: votes },
      });
      expect(receipt.logs.map(({ address }) => address.toLowerCase())).to.include(votes[1]?.target.toLowerCase());
      return { gasUsed: receipt.gasUsed, restore };
    };
    const checked = await land();
    await checked.restore();
    await chain.rpc("hardhat_setStorageAt", [rollup.address, toHex(RollupContract.checkBlobStorageSlot), toWord(0n)]);
    const unchecked = await land();
    await unchecked.restore();

    const blobCheck = (checked.gasUsed - unchecked.gasUsed) / BigInt(MOST_BLOBS);
    expect(blobCheck > 0n && 2n * blobCheck <= BLOB_CHECK_GAS, `${blobCheck} for a blob`).to.equal(true);
    const measured = computeGasLimit({ aimed: unchecked.gasUsed, turnedLate: undefined, blobs: MOST_BLOBS });
    expect(measured >= checked.gasUsed, "what is computed from a simulation").to.equal(true);
    // As much above what is used as a limit that could be computed.
    expect(FIXED_GAS_LIMIT >= (checked.gasUsed * 6n) / 5n, `${checked.gasUsed} for the bundle`).to.equal(true);
    await expectGasSnapshot("publishing", { dearestBundle: checked.gasUsed, blobCheck });
  });
});
