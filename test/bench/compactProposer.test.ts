import { expect } from "chai";
import { concatHex, encodeFunctionData, isAddressEqual, slice, type Address, type Hex } from "viem";

import { encodeCompact, MemberSource, type MemberSourceName } from "../../harness/bench/compactCheckpoint.ts";
import { deployBenchContract } from "../../harness/bench/deployBenchContract.ts";
import { proposeOf } from "../../harness/bench/expectations.ts";
import {
  ABSENT_SIGNATURE,
  withAttestations,
  type AttestedCheckpoint,
} from "../../harness/consensus/attestedCheckpoint.ts";
import { makeSidecars } from "../../harness/consensus/blobs.ts";
import { readTip } from "../../harness/consensus/checkpointTip.ts";
import { traceCallFrame } from "../support/callFrames.ts";
import { compactProposerAbi } from "../../harness/protocol/abis.ts";
import { openExtendedLane, type ExtendedLane } from "./support/extendedLane.ts";

const SOURCES = Object.keys(MemberSource) as readonly MemberSourceName[];

// A bitmap of one full byte, and one of a byte and a bit.
for (const size of [8, 9]) {
  describe(`A compact proposal with a committee of ${size}`, () => {
    let world: ExtendedLane;
    let compact: Address;
    let slot: bigint;
    let members: readonly Address[];
    let checkpoint: AttestedCheckpoint;
    let restore: () => Promise<void>;

    before(async () => {
      world = await openExtendedLane(size);
      const { lane, sequencer, firstSlot } = world;
      compact = await deployBenchContract(lane, "CompactProposer", [lane.rollup.address]);
      slot = firstSlot + 1n;
      members = (await sequencer.committee(slot)).members.map(({ address }) => address);
      checkpoint = await sequencer.build(slot, { blobCount: 2, feeAssetPriceModifier: -50n });
      restore = await lane.chain.snapshot();
    });
    beforeEach(() => restore());
    after(() => world.lane.chain.close());

    async function store(epoch: bigint, stored: readonly Address[]): Promise<void> {
      const { lane, rescuer } = world;
      const data = encodeFunctionData({
        abi: compactProposerAbi,
        functionName: "storeCommittee",
        args: [epoch, concatHex(stored)],
      });
      await lane.chain.execute({ from: rescuer, to: compact, data }, { timestamp: (await lane.chain.now()) + 1n });
    }

    /** Sends bytes with the checkpoint's blobs: what they expanded to, and what came of it. */
    async function send(data: Hex, timestamp = world.at(slot, 12n)) {
      const { lane, rescuer } = world;
      const sidecars = makeSidecars(checkpoint.blobs, lane.chain);
      const request = { from: rescuer, to: compact, data, sidecars };
      const { status, transactionHash } = await lane.chain.execute(request, { timestamp, allowRevert: true });
      const { calls = [] } = await traceCallFrame(lane.chain, transactionHash);
      const { to: rollup, selector } = proposeOf(lane);
      const revert = status === "reverted" ? await lane.chain.getRevert(transactionHash) : undefined;
      return {
        proposed: calls.find(({ to, input }) => to && isAddressEqual(to, rollup) && input.startsWith(selector))?.input,
        refusal: revert && [revert.errorName ?? revert.data, ...revert.args],
        tip: (await readTip(lane)).archive,
      };
    }

    for (const source of SOURCES) {
      it(`expands to what the proposer would have sent, to the byte, and lands, members ${source}`, async () => {
        if (source === "stored") await store(checkpoint.epoch, members);
        const { proposed, refusal, tip } = await send(encodeCompact(checkpoint, members, source));
        expect(refusal).to.equal(undefined);
        expect(proposed).to.equal(checkpoint.proposeCalldata);
        expect(tip).to.equal(checkpoint.archive);
      });

      it(`lands one slot late, without the proposer's second signature, members ${source}`, async () => {
        if (source === "stored") await store(checkpoint.epoch, members);
        const late = withAttestations(checkpoint, checkpoint, ABSENT_SIGNATURE);
        const { proposed, tip } = await send(encodeCompact(late, members, source), world.at(slot + 1n, 12n));
        expect(proposed).to.equal(late.proposeCalldata);
        expect(tip).to.equal(checkpoint.archive);
      });

      it(`expands nothing of a duplicate, members ${source}`, async () => {
        await world.sequencer.land(checkpoint);
        // Nobody has stored a committee: reading one would fail otherwise.
        const { proposed, refusal } = await send(encodeCompact(checkpoint, members, source), world.at(slot, 24n));
        expect(refusal).to.deep.equal(["Rollup__SlotAlreadyInChain", slot, slot]);
        expect(proposed).to.equal(undefined);
      });
    }

    it("asks with its own parent: one that the chain does not have is refused at once", async () => {
      const missing = await world.sequencer.build(slot - 1n, { salt: "never landed" });
      const orphan = await world.sequencer.build(slot, { parent: missing });
      const { proposed, refusal } = await send(encodeCompact(orphan, members, "given"));
      const { archive } = await readTip(world.lane);
      expect(refusal).to.deep.equal(["Rollup__InvalidArchive", archive, missing.archive]);
      expect(proposed).to.equal(undefined);
    });

    it("needs the committee of its own epoch when none comes along", async () => {
      const data = encodeCompact(checkpoint, members, "stored");
      const unknown = ["CompactProposer__UnknownCommittee", checkpoint.epoch];
      expect((await send(data)).refusal).to.deep.equal(unknown);
      await store(checkpoint.epoch - 1n, members);
      await store(checkpoint.epoch + 1n, members);
      const { refusal, tip } = await send(data, world.at(slot, 24n));
      expect(refusal).to.deep.equal(unknown);
      expect(tip).to.equal(checkpoint.parent.archive);
    });

    it("cannot land with a wrong committee that somebody stored, until the right one replaces it", async () => {
      const data = encodeCompact(checkpoint, members, "stored");
      await store(checkpoint.epoch, members.toReversed());
      const { refusal, proposed } = await send(data);
      expect(refusal?.[0]).to.equal("ValidatorSelection__InvalidCommitteeCommitment");
      expect(proposed).not.to.equal(checkpoint.proposeCalldata);
      await store(checkpoint.epoch, members);
      expect((await send(data, world.at(slot, 24n))).tip).to.equal(checkpoint.archive);
    });

    it("cannot land with a wrong address among those given", async () => {
      for (const source of ["given", "recovered"] as const) {
        const absent = members.findIndex((member) => !checkpoint.signers.includes(member));
        const wrong = members.with(absent, world.rescuer.address);
        const { refusal } = await send(encodeCompact(checkpoint, wrong, source));
        expect(refusal?.[0], source).to.equal("ValidatorSelection__InvalidCommitteeCommitment");
        await restore();
      }
    });

    it("stores a committee as code that nobody can call", async () => {
      const { chain } = world.lane;
      await store(7n, members);
      const address = await chain.publicClient.readContract({
        address: compact,
        abi: compactProposerAbi,
        functionName: "committees",
        args: [7n],
      });
      const code = await chain.publicClient.getCode({ address });
      expect(code).to.equal(concatHex(["0x00", ...members]).toLowerCase());
    });

    it("knows three places to take members from", async () => {
      const data = concatHex(["0x03", slice(encodeCompact(checkpoint, members, "given"), 1)]);
      expect((await send(data)).refusal).to.deep.equal(["Panic", 0x21n]);
    });

    it("proposes to the rollup it was made for", async () => {
      const { chain, rollup } = world.lane;
      const read = { address: compact, abi: compactProposerAbi, functionName: "ROLLUP" } as const;
      expect(await chain.publicClient.readContract(read)).to.equal(rollup.address);
    });
  });
}
