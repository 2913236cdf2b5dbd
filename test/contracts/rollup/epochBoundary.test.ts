import { expect } from "chai";
import { encodeFunctionData, zeroHash } from "viem";

import { attestCheckpoint, type AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { batchBlobs } from "../../../harness/consensus/epochProof.ts";
import { readTip } from "../../../harness/consensus/checkpointTip.ts";
import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { rejection } from "../../support/rejection.ts";
import { readCommitteeCommitment, readMarks, readSeedCount } from "../../support/rollupState.ts";
import { proveAndSettle, readLateSubmission, type LateLanding } from "../../support/settlement.ts";
import { askOpen, askRecord, commitmentTo, expectRejected, refusal, rehearse } from "../../support/verdict.ts";
import { openTestWorld, setTerms, type TestWorld } from "../../support/world.ts";

type Position = "first" | "middle" | "last";
/** How the epoch was set up before the late landing: not at all, by a call, or by an earlier proposal in it. */
type SetUp = "nobody" | "a call" | "a proposal";

const OFFSETS: Readonly<Record<Position, bigint>> = { first: 0n, middle: 1n, last: 3n };
const COMBINATIONS: readonly { readonly position: Position; readonly setUp: SetUp }[] = [
  { position: "first", setUp: "nobody" },
  { position: "first", setUp: "a call" },
  { position: "middle", setUp: "nobody" },
  { position: "middle", setUp: "a call" },
  { position: "middle", setUp: "a proposal" },
  { position: "last", setUp: "nobody" },
  { position: "last", setUp: "a call" },
  { position: "last", setUp: "a proposal" },
];

describe("A late landing in an epoch", () => {
  let world: TestWorld;
  let epoch: bigint;
  let firstOfEpoch: bigint;
  let restore: () => Promise<void>;

  before(async () => {
    world = await openTestWorld();
    epoch = world.firstEpoch + 1n;
    firstOfEpoch = world.firstSlot + 4n;
    // A proven parent in the epoch before, so that "first of its epoch" is not "first of the chain".
    const { checkpoint } = await world.landOnTime(world.firstSlot + 1n);
    await proveAndSettle(world, { checkpoints: [checkpoint] });
    await world.chain.mineAt(world.at(world.firstSlot + 3n, 40n));
    restore = await world.chain.snapshot();
  });

  beforeEach(() => restore());

  /** A late checkpoint that waits in its slot, and what there was before it. */
  interface Approach {
    readonly checkpoint: AttestedCheckpoint;
    readonly earlier: readonly AttestedCheckpoint[];
    readonly timestamp: bigint;
    readonly seedsBefore: bigint;
  }

  async function approach({ position, setUp }: (typeof COMBINATIONS)[number], crossEpoch: boolean): Promise<Approach> {
    const slot = firstOfEpoch + OFFSETS[position];
    await setTerms(world, { crossEpoch }, world.at(world.firstSlot + 3n, 50n));
    if (setUp === "a call") await callSetUp(world, world.at(firstOfEpoch, 0n));
    const earlier = setUp === "a proposal" ? [(await world.landOnTime(firstOfEpoch)).checkpoint] : [];
    await world.chain.mineAt(world.at(slot, 20n));
    const checkpoint = await world.build(slot);
    const timestamp = world.at(slot + 1n, 12n);
    return { checkpoint, earlier, timestamp, seedsBefore: await readSeedCount(world) };
  }

  for (const crossEpoch of [false, true]) {
    for (const combination of COMBINATIONS) {
      const { position, setUp } = combination;
      const where = `in its ${position} slot, set up by ${setUp}, with crossEpoch ${crossEpoch ? "on" : "off"}`;
      if (position === "last" && !crossEpoch) {
        it(`is refused ${where}`, async () => expectClosed(await approach(combination, crossEpoch)));
        continue;
      }
      it(`is accepted ${where}`, async () => {
        const { rescuer } = world;
        const { checkpoint, earlier, timestamp, seedsBefore } = await approach(combination, crossEpoch);
        const { members } = await world.committee(checkpoint.slot);
        expect(await rehearse(world, checkpoint, timestamp), "validateHeaderWithAttestations").to.equal("accepted");
        await world.landLate(checkpoint, { from: rescuer });
        const late: LateLanding[] = [{ checkpoint, submitter: rescuer.address }];
        expect(await readMarks(world, epoch), "marks").to.deep.equal({ epoch, bits: 1n << OFFSETS[position] });
        expect(await readCommitteeCommitment(world, epoch), "commitment of the header's epoch").to.equal(
          commitmentTo(members),
        );
        // Only the current epoch's set-up stores a seed, and only if nobody has set it up before.
        const storesSeed = setUp === "nobody" && position !== "last";
        expect((await readSeedCount(world)) - seedsBefore, "seeds stored").to.equal(storesSeed ? 1n : 0n);
        const next = position === "last" ? await startNextEpoch(checkpoint.slot + 2n, seedsBefore) : [];
        await proveAndSettle(world, { checkpoints: [...earlier, checkpoint], late });
        if (next.length > 0) await proveAndSettle(world, { checkpoints: next });
      });
    }
  }

  async function expectClosed({ checkpoint, earlier, timestamp }: Approach): Promise<void> {
    const { slot } = checkpoint;
    const expected = refusal("LateSubmission__CrossEpochClosed", slot, epoch);
    await expectRejected(world, checkpoint, expected, { timestamp, from: world.rescuer });
    expect((await readMarks(world, epoch)).bits, "marks").to.equal(0n);
    // Life goes on in the next epoch, on the tip that stayed.
    const { checkpoint: next } = await world.landOnTime(slot + 2n);
    expect(next.number, "checkpoint").to.equal(2n + BigInt(earlier.length));
    if (earlier.length > 0) await proveAndSettle(world, { checkpoints: earlier });
    await proveAndSettle(world, { checkpoints: [next] });
  }

  /** The next epoch is untouched, and its own first proposal sets it up, seed included. */
  async function startNextEpoch(slot: bigint, seedsBefore: bigint): Promise<readonly AttestedCheckpoint[]> {
    expect(await readCommitteeCommitment(world, epoch + 1n), "commitment of the current epoch").to.equal(zeroHash);
    const { checkpoint } = await world.landOnTime(slot);
    expect(await readCommitteeCommitment(world, epoch + 1n)).not.to.equal(zeroHash);
    expect((await readSeedCount(world)) - seedsBefore, "seeds stored").to.equal(1n);
    return [checkpoint];
  }

  it("joins two boundaries: the last slot late, then the next epoch's first slot late", async () => {
    const { rescuer } = world;
    await setTerms(world, { crossEpoch: true, windowSeconds: 72 }, world.at(firstOfEpoch, 0n));
    const last = await world.build(firstOfEpoch + 3n);
    const next = await world.build(firstOfEpoch + 4n, { parent: last });
    await world.landLate(last, { from: rescuer, delay: 71n });
    await world.landLate(next, { from: rescuer, delay: 0n });
    expect((await readLateSubmission(world, next.slot)).delay, "seconds").to.equal(0n);
    await proveAndSettle(world, { checkpoints: [last], late: [{ checkpoint: last, submitter: rescuer.address }] });
    await proveAndSettle(world, { checkpoints: [next], late: [{ checkpoint: next, submitter: rescuer.address }] });
  });

  it("carries an on-time child in the same L1 slot: N late in its first block, N+1 after it", async () => {
    const { rescuer } = world;
    await setTerms(world, { crossEpoch: true }, world.at(firstOfEpoch, 0n));
    const last = await world.build(firstOfEpoch + 3n);
    const child = await world.build(firstOfEpoch + 4n, { parent: last });
    await world.landLate(last, { from: rescuer, delay: 0n });
    const { revert } = await world.land(child);
    expect(revert?.message).to.equal(undefined);
    await proveAndSettle(world, { checkpoints: [last], late: [{ checkpoint: last, submitter: rescuer.address }] });
    await proveAndSettle(world, { checkpoints: [child] });
  });

  for (const crossEpoch of [false, true]) {
    it(`closes with its window first, with crossEpoch ${crossEpoch ? "on" : "off"}`, async () => {
      const { rescuer } = world;
      await setTerms(world, { crossEpoch }, world.at(firstOfEpoch, 0n));
      const last = await world.build(firstOfEpoch + 3n);
      const closed = refusal("LateSubmission__WindowClosed", last.slot, world.at(last.slot + 1n, 24n));
      await expectRejected(world, last, closed, { timestamp: world.at(last.slot + 1n, 24n), from: rescuer });
      const foreign = refusal("HeaderLib__InvalidSlotNumber", last.slot + 2n, last.slot);
      await expectRejected(world, last, foreign, { timestamp: world.at(last.slot + 2n, 0n), from: rescuer });
    });
  }

  it("wants the committee of its own epoch, although the committee has rotated", async () => {
    const { rescuer } = world;
    await setTerms(world, { crossEpoch: true }, world.at(firstOfEpoch, 0n));
    const slot = firstOfEpoch + 3n;
    const checkpoint = await world.build(slot);
    await world.chain.mineAt(world.at(slot + 1n, 0n));
    const [own, next] = [await world.committee(slot), await world.committee(slot + 1n)];
    expect(next.members, "the next epoch's committee").not.to.deep.equal(own.members);

    const rotated = attestCheckpoint(checkpoint, { ...next, slot }, world.keys);
    const expected = refusal(
      "ValidatorSelection__InvalidCommitteeCommitment",
      commitmentTo(next.members),
      commitmentTo(own.members),
    );
    await expectRejected(world, rotated, expected, { timestamp: world.at(slot + 1n, 2n), from: rescuer });
    await world.landLate(checkpoint, { from: rescuer });
    await proveAndSettle(world, { checkpoints: [checkpoint], late: [{ checkpoint, submitter: rescuer.address }] });
  });

  it("extends a prefix that was proven before: the late slot alone is settled by the second proof", async () => {
    const { rescuer } = world;
    await setTerms(world, { crossEpoch: true }, world.at(firstOfEpoch, 0n));
    const { checkpoint: first } = await world.landOnTime(firstOfEpoch + 1n);
    const middle = await world.build(firstOfEpoch + 2n);
    const last = await world.build(firstOfEpoch + 3n, { parent: middle });
    await world.landLate(middle, { from: rescuer });
    const settledMiddle: LateLanding = { checkpoint: middle, submitter: rescuer.address };
    await proveAndSettle(world, {
      checkpoints: [first, middle],
      late: [settledMiddle],
      timestamp: world.at(firstOfEpoch + 4n, 0n),
    });

    await world.landLate(last, { from: world.rival });
    await proveAndSettle(world, {
      checkpoints: [first, middle, last],
      late: [{ checkpoint: last, submitter: world.rival.address }],
      settledBefore: 2,
    });
    expect((await readTip(world.view)).number, "tip").to.equal(last.number);
  });

  it("fills every slot of two epochs, up to the last log that the chain keeps", async () => {
    const { rescuer } = world;
    await setTerms(world, { crossEpoch: true }, world.at(firstOfEpoch, 0n));
    const chain: AttestedCheckpoint[] = [];
    for (let slot = firstOfEpoch; slot < firstOfEpoch + 6n; slot++) {
      chain.push((await world.landOnTime(slot)).checkpoint);
    }
    // The seventh is late, the eighth on time on top of it: eight pending, the ninth log is the proven parent's.
    const seventh = await world.build(firstOfEpoch + 6n);
    const eighth = await world.build(firstOfEpoch + 7n, { parent: seventh });
    await world.landLate(seventh, { from: rescuer, delay: 0n });
    expect((await world.land(eighth)).revert?.message).to.equal(undefined);
    chain.push(seventh, eighth);
    const late: LateLanding[] = [{ checkpoint: seventh, submitter: rescuer.address }];
    await proveAndSettle(world, { checkpoints: chain.slice(0, 4) });
    await proveAndSettle(world, { checkpoints: chain.slice(4), late });
  });

  it("lands the eighth of eight slots late, when the epoch before was proven in its last second", async () => {
    const { rescuer } = world;
    await setTerms(world, { crossEpoch: true }, world.at(firstOfEpoch, 0n));
    const chain: AttestedCheckpoint[] = [];
    for (let slot = firstOfEpoch; slot < firstOfEpoch + 7n; slot++) {
      chain.push((await world.landOnTime(slot)).checkpoint);
    }
    const eighth = await world.build(firstOfEpoch + 7n);
    const deadline = world.at(firstOfEpoch + 8n, -1n);
    await proveAndSettle(world, { checkpoints: chain.slice(0, 4), timestamp: deadline });
    await world.landLate(eighth, { from: rescuer });
    await proveAndSettle(world, {
      checkpoints: [...chain.slice(4), eighth],
      late: [{ checkpoint: eighth, submitter: rescuer.address }],
    });
  });
});

describe("A late landing across the boundary with a committee of 48", () => {
  it("is refused, then allowed, lands under the old committee and is proven after the next epoch has begun", async () => {
    const world = await openTestWorld({ shape: "mainnet" });
    const { rescuer, chain, firstEpoch } = world;
    const last = world.firstSlot + 31n;
    await chain.mineAt(world.at(last, 1n));
    const checkpoint = await world.build(last);
    expect(checkpoint.signers.length, "signatures").to.equal(33);
    const expected = refusal("LateSubmission__CrossEpochClosed", last, firstEpoch);
    await expectRejected(world, checkpoint, expected, { timestamp: world.at(last + 1n, 1n), from: rescuer });
    await setTerms(world, { crossEpoch: true }, world.at(last + 1n, 2n));
    const child = await world.build(last + 1n, { parent: checkpoint });
    await world.landLate(checkpoint, { from: rescuer, delay: 3n });
    expect((await world.land(child)).revert?.message).to.equal(undefined);
    expect(await readMarks(world, firstEpoch), "marks").to.deep.equal({ epoch: firstEpoch, bits: 1n << 31n });
    await proveAndSettle(world, { checkpoints: [checkpoint], late: [{ checkpoint, submitter: rescuer.address }] });
    await proveAndSettle(world, { checkpoints: [child] });
  });
});

describe("A late landing whose parent is pruned at the boundary", () => {
  let world: TestWorld;
  let slot: bigint;
  let parent: AttestedCheckpoint;

  beforeEach(async () => {
    world = await openTestWorld();
    await setTerms(world, { crossEpoch: true });
    // Never proven: it goes with the first block of the second epoch after its own.
    parent = (await world.landOnTime(world.firstSlot + 1n)).checkpoint;
    slot = world.firstSlot + 7n;
  });

  it("is refused with the archive that is left, and undoes the prune it ran into", async () => {
    const { rescuer, chain, rollup } = world;
    const checkpoint = await world.build(slot);
    expect(checkpoint.parent.archive).to.equal(parent.archive);
    const genesis = rollup.genesis.genesisArchiveRoot;
    const expected = refusal("Rollup__InvalidArchive", genesis, parent.archive);
    await expectRejected(world, checkpoint, expected, { timestamp: world.at(slot + 1n, 12n), from: rescuer });
    const contract = { address: rollup.address, abi: RollupAbi } as const;
    const { pending } = await chain.publicClient.readContract({ ...contract, functionName: "getTips" });
    expect(pending, "pending checkpoint").to.equal(parent.number);

    // A punctual proposer of the new epoch prunes and goes on.
    const { checkpoint: next } = await world.landOnTime(slot + 2n);
    expect(next.number, "checkpoint").to.equal(1n);
    await proveAndSettle(world, { checkpoints: [next] });
  });

  it("is refused with a younger parent too: what is pruned takes everything on top of it along", async () => {
    const { rescuer, rollup } = world;
    // The tip is in the header's own epoch; what is due is older.
    const { checkpoint: younger } = await world.landOnTime(world.firstSlot + 5n);
    const checkpoint = await world.build(slot);
    expect([checkpoint.number, checkpoint.parent.archive]).to.deep.equal([3n, younger.archive]);
    const expected = refusal("Rollup__InvalidArchive", rollup.genesis.genesisArchiveRoot, younger.archive);
    await expectRejected(world, checkpoint, expected, { timestamp: world.at(slot + 1n, 12n), from: rescuer });
    const { revert } = await world.land(await world.build(slot + 2n), {});
    expect(revert?.message, "the new epoch goes on from the proven tip").to.equal(undefined);
  });

  it("is accepted on the tip that the prune leaves, and prunes itself", async () => {
    const { rescuer, chain } = world;
    // What a builder with foresight builds on: the chain as the next epoch will find it.
    const genesis = await world.tipFor(slot + 1n);
    expect(genesis.number, "checkpoint").to.equal(0n);
    const checkpoint = await world.build(slot, { parent: genesis });
    const onTime = refusal("Rollup__InvalidArchive", parent.archive, genesis.archive);
    await expectRejected(world, checkpoint, onTime, { timestamp: world.at(slot, 12n) });
    const { receipt } = await world.landLate(checkpoint, { from: rescuer });
    expect(receipt.logs.length, "events: pruned, recorded, proposed, inbox").to.be.at.least(3);
    expect((await readTip({ chain, rollup: world.rollup })).archive).to.equal(checkpoint.archive);
    await proveAndSettle(world, { checkpoints: [checkpoint], late: [{ checkpoint, submitter: rescuer.address }] });
  });

  it("takes the place of a pruned tip of its own epoch and slot, and is the first of its epoch again", async () => {
    const { rescuer, chain, rollup } = world;
    await proveAndSettle(world, { checkpoints: [parent] });
    // Due at the boundary: the first of these goes, and the tip of the header's own epoch goes with it.
    await world.landOnTime(world.firstSlot + 2n);
    const { checkpoint: first } = await world.landOnTime(world.firstSlot + 5n);
    const { checkpoint: tip } = await world.landOnTime(slot);
    expect([tip.number, first.epoch, tip.epoch]).to.deep.equal([4n, world.firstEpoch + 1n, world.firstEpoch + 1n]);

    const proven = await world.tipFor(slot + 1n);
    expect([proven.number, proven.archive], "what the prune leaves").to.deep.equal([1n, parent.archive]);
    const checkpoint = await world.build(slot, { parent: proven, salt: "again" });
    const timestamp = world.at(slot + 1n, 12n);
    expect(await askOpen(world, checkpoint, timestamp), "requireOpen").to.equal("accepted");
    expect(await rehearse(world, checkpoint, timestamp), "validateHeaderWithAttestations").to.equal("accepted");
    await world.landLate(checkpoint, { from: rescuer });

    const commitments = await chain.publicClient.readContract({
      address: rollup.address,
      abi: RollupAbi,
      functionName: "getBlobCommitmentsHash",
      args: [checkpoint.number],
    });
    const alone = await batchBlobs([checkpoint]);
    expect(commitments, "blobs of its epoch: its own").to.equal(alone.blobCommitmentsHash.toString());
    const child = await world.build(slot + 1n, { parent: checkpoint });
    expect((await world.land(child, { timestamp: world.at(slot + 1n, 24n) })).revert?.message).to.equal(undefined);
    await proveAndSettle(world, { checkpoints: [checkpoint], late: [{ checkpoint, submitter: rescuer.address }] });
    await proveAndSettle(world, { checkpoints: [child] });
  });

  it("is pruned itself when its epoch is not proven, and its record is forgotten", async () => {
    const { rescuer } = world;
    await proveAndSettle(world, { checkpoints: [parent] });
    const checkpoint = await world.build(slot);
    await world.landLate(checkpoint, { from: rescuer });
    expect((await readLateSubmission(world, slot)).checkpointNumber).to.equal(2n);
    const { checkpoint: next } = await world.landOnTime(world.firstSlot + 12n);
    expect([next.number, next.parent.archive], "built on the proven parent").to.deep.equal([2n, parent.archive]);
    expect(await askRecord(world, slot)).to.deep.equal(refusal("LateSubmission__UnknownSlot", slot));
    // The number belongs to another slot now, and its proof has nothing to split.
    await proveAndSettle(world, { checkpoints: [next] });
  });
});

describe("A late landing at the deadline of its proof", () => {
  it("is refused across the boundary when proofs must come within the epoch", async () => {
    const world = await openTestWorld({ proofSubmissionEpochs: 0n });
    const { rescuer, firstEpoch } = world;
    const last = world.firstSlot + 3n;
    await setTerms(world, { crossEpoch: true });
    const checkpoint = await world.build(last);
    const deadline = firstEpoch + 1n;
    const expected = refusal("LateSubmission__EpochPastDeadline", last, deadline, deadline);
    await expectRejected(world, checkpoint, expected, { timestamp: world.at(last + 1n, 0n), from: rescuer });

    // Crossing closed, the cheaper check answers first.
    await setTerms(world, { crossEpoch: false }, world.at(last + 1n, 1n));
    const closed = refusal("LateSubmission__CrossEpochClosed", last, firstEpoch);
    await expectRejected(world, checkpoint, closed, { timestamp: world.at(last + 1n, 2n), from: rescuer });
    const { checkpoint: next } = await world.landOnTime(last + 2n);
    await proveAndSettle(world, { checkpoints: [next] });
  });

  it("is accepted and proven within the epoch when proofs must come within it", async () => {
    const world = await openTestWorld({ proofSubmissionEpochs: 0n });
    const { rescuer } = world;
    const slot = world.firstSlot + 2n;
    const checkpoint = await world.build(slot);
    await world.landLate(checkpoint, { from: rescuer, delay: 23n });
    await proveAndSettle(world, {
      checkpoints: [checkpoint],
      late: [{ checkpoint, submitter: rescuer.address }],
      timestamp: world.at(slot + 2n, -1n),
    });
  });

  it("keeps the deadline of its own epoch: proven in the last second, refused and pruned one second later", async () => {
    const world = await openTestWorld();
    const { rescuer, chain, firstEpoch } = world;
    const last = world.firstSlot + 3n;
    await setTerms(world, { crossEpoch: true });
    const checkpoint = await world.build(last);
    await world.landLate(checkpoint, { from: rescuer });
    const deadline = world.at(last + 5n, 0n);
    await chain.mineAt(deadline - 2n);
    const restore = await chain.snapshot();
    const late = [{ checkpoint, submitter: rescuer.address }];
    await proveAndSettle(world, { checkpoints: [checkpoint], late, timestamp: deadline - 1n });

    await restore();
    await chain.mineAt(deadline - 1n);
    await chain.mineAt(deadline);
    const error = await rejection(world.prove([checkpoint], world.prover), L1RevertError);
    // The prune comes first, so upstream finds no such checkpoint any more.
    expect([error.errorName, ...error.args]).to.deep.equal(["Rollup__InvalidCheckpointNumber", 0n, 1n]);
    const { checkpoint: next } = await world.landOnTime(last + 6n);
    expect([next.number, next.epoch], "the chain begins again").to.deep.equal([1n, firstEpoch + 2n]);
    await proveAndSettle(world, { checkpoints: [next] });
  });
});

async function callSetUp({ chain, rollup, rescuer }: TestWorld, timestamp: bigint): Promise<void> {
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "setupEpoch" });
  await chain.execute({ from: rescuer, to: rollup.address, data }, { timestamp });
}
