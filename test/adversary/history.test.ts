import { expect } from "chai";
import { encodeFunctionData, type Hex } from "viem";

import type { LandOptions } from "../../harness/world/world.ts";
import {
  attestCheckpoint,
  withAttestations,
  type AttestedCheckpoint,
} from "../../harness/consensus/attestedCheckpoint.ts";
import { L1RevertError } from "../../harness/l1/l1Errors.ts";
import { lateRingEpochs, recordRingSize } from "../../harness/protocol/rings.ts";
import { marksWord, toWord } from "../../harness/protocol/storageMap.ts";
import { RollupAbi } from "../../harness/upstream/abis.ts";
import { readMarks, readRecordWords, readState } from "../boundary/support/rollupState.ts";
import { proveAndSettle, readLateSubmission, type LateLanding } from "../boundary/support/settlement.ts";
import { askRecord, expectRejected, refusal } from "../boundary/support/verdict.ts";
import { openTestWorld, setTerms, type TestWorld } from "../support/world.ts";
import { rejection } from "../support/rejection.ts";

describe("A chain that changes its mind", () => {
  let world: TestWorld;
  let slot: bigint;

  beforeEach(async () => {
    world = await openTestWorld();
    slot = world.firstSlot + 1n;
  });

  const landed = async (checkpoint: AttestedCheckpoint, options: LandOptions) => {
    const { revert } = await world.land(checkpoint, options);
    expect(revert?.message).to.equal(undefined);
  };

  /** Removes a checkpoint that its proposer has landed without a quorum. */
  async function invalidate(checkpoint: AttestedCheckpoint, timestamp: bigint): Promise<void> {
    const { chain, rollup, rescuer, sequencer } = world;
    const { members } = await sequencer.committee(checkpoint.slot);
    const data = encodeFunctionData({
      abi: RollupAbi,
      functionName: "invalidateInsufficientAttestations",
      args: [checkpoint.number, checkpoint.attestations, members.map(({ address }) => address)],
    });
    await chain.execute({ from: rescuer, to: rollup.address, data }, { timestamp });
  }

  /** What a proposer can land on time for gas only: its own attestation and nobody else's. */
  async function unattested(of: AttestedCheckpoint): Promise<AttestedCheckpoint> {
    const committee = await world.committee(of.slot);
    return attestCheckpoint(of, committee, [committee.proposer]);
  }

  it("turns on time into late by a reorg, and late into on time: the same tip, archive and log, and both are proven", async () => {
    const { sequencer, chain, rescuer } = world;
    const checkpoint = await sequencer.build(slot);
    const after: Record<string, string>[] = [];
    const onTime = { timestamp: world.at(slot, 60n) };
    const late = { timestamp: world.at(slot + 1n, 12n), from: rescuer };
    const fork = await chain.snapshot();
    for (const [round, options] of [onTime, late, onTime, late].entries()) {
      await fork();
      await landed(checkpoint, options);
      await chain.mineAt(world.at(slot + 1n, 40n));
      if (options === late) {
        expect((await readLateSubmission(world, slot)).submitter, "submitter").to.equal(rescuer.address);
      } else {
        expect(await askRecord(world, slot)).to.deep.equal(refusal("LateSubmission__UnknownSlot", slot));
      }
      const kept = Object.entries(await readState(world)).filter(([key]) => !/^(record|marks) /u.test(key));
      after.push(Object.fromEntries(kept));
      if (round < 2) continue;
      const expectation = options === late ? [{ checkpoint, submitter: rescuer.address }] : [];
      await proveAndSettle(world, { checkpoints: [checkpoint], late: expectation });
    }
    for (const state of after) expect(state, "storage apart from records and marks").to.deep.equal(after[0]);
  });

  it("takes the first of two checkpoints that one committee has signed for one slot, and only that one", async () => {
    const { sequencer, rescuer, rival } = world;
    const first = await sequencer.build(slot);
    const second = await sequencer.build(slot, { salt: "equivocation" });
    expect(second.archive).not.to.equal(first.archive);
    await sequencer.landLate(first, { from: rescuer, delay: 1n });
    const expected = refusal("Rollup__SlotAlreadyInChain", slot, slot);
    await expectRejected(world, second, expected, { timestamp: world.at(slot + 1n, 2n), from: rival });
    await proveAndSettle(world, { checkpoints: [first], late: [{ checkpoint: first, submitter: rescuer.address }] });
  });

  it("takes a late N before an on-time N+1 that was built without it: that one is displaced", async () => {
    const { sequencer, rescuer } = world;
    const parent = await sequencer.tipFor(slot);
    const late = await sequencer.build(slot);
    const successor = await sequencer.build(slot + 1n, { parent });
    await sequencer.landLate(late, { from: rescuer, delay: 1n });
    const expected = refusal("Rollup__InvalidArchive", late.archive, parent.archive);
    await expectRejected(world, successor, expected, { timestamp: world.at(slot + 1n, 12n) });
  });

  it("refuses a late N after an on-time N+1 that was built without it", async () => {
    const { sequencer, rescuer } = world;
    const parent = await sequencer.tipFor(slot);
    const late = await sequencer.build(slot);
    await landed(await sequencer.build(slot + 1n, { parent }), { timestamp: world.at(slot + 1n, 1n) });
    const expected = refusal("Rollup__SlotAlreadyInChain", slot + 1n, slot);
    await expectRejected(world, late, expected, { timestamp: world.at(slot + 1n, 12n), from: rescuer });
  });

  it("refuses a proposer's own unattested checkpoint late, which would take the next slot away for gas only", async () => {
    const { sequencer } = world;
    const committee = await sequencer.committee(slot);
    const alone = await unattested(await sequencer.build(slot));
    const expected = refusal("ValidatorSelection__InsufficientAttestations", BigInt(committee.quorum), 1n);
    await expectRejected(world, alone, expected, { timestamp: world.at(slot + 1n, 1n) });
    await expectRejected(world, alone, expected, { timestamp: world.at(slot + 1n, 2n), from: world.rescuer });
  });

  it("lands what the committee has signed, after the proposer's unattested one was removed", async () => {
    const { sequencer, rescuer } = world;
    const checkpoint = await sequencer.build(slot);
    const alone = await unattested(await sequencer.build(slot, { salt: "alone" }));
    await landed(alone, { timestamp: world.at(slot, 12n) });
    const taken = refusal("Rollup__SlotAlreadyInChain", slot, slot);
    await expectRejected(world, checkpoint, taken, { timestamp: world.at(slot + 1n, 1n), from: rescuer });
    await invalidate(alone, world.at(slot + 1n, 2n));
    await sequencer.landLate(checkpoint, { from: rescuer });
    await proveAndSettle(world, { checkpoints: [checkpoint], late: [{ checkpoint, submitter: rescuer.address }] });
  });

  it("forgets a late landing whose parent is removed, and settles nothing for it", async () => {
    const { sequencer, rescuer } = world;
    const alone = await unattested(await sequencer.build(slot));
    await landed(alone, { timestamp: world.at(slot, 12n) });
    const child = await sequencer.build(slot + 1n);
    await sequencer.landLate(child, { from: rescuer });
    expect((await readLateSubmission(world, child.slot)).checkpointNumber).to.equal(2n);
    await invalidate(alone, world.at(slot + 2n, 20n));

    const unknown = refusal("LateSubmission__UnknownSlot", child.slot);
    expect(await askRecord(world, child.slot)).to.deep.equal(unknown);
    // Sent again within its window, it lacks its parent.
    const orphan = refusal("Rollup__InvalidArchive", alone.parent.archive, alone.archive);
    await expectRejected(world, child, orphan, { timestamp: world.at(slot + 2n, 21n), from: rescuer });

    // Its number goes to the next slot, its mark stays, and the proof of the epoch is not misled by either.
    const first = (await sequencer.landOnTime(world.firstSlot + 3n + 4n)).checkpoint;
    expect(first.number).to.equal(1n);
    await proveAndSettle(world, { checkpoints: [first] });
    expect((await readMarks(world, world.firstEpoch)).bits, "the mark is a hint").to.equal(0b100n);
  });

  it("splits nothing when another slot of the same epoch has taken the removed one's number", async () => {
    const { sequencer, rescuer } = world;
    const alone = await unattested(await sequencer.build(world.firstSlot));
    await landed(alone, { timestamp: world.at(world.firstSlot, 12n) });
    const removed = await sequencer.build(slot);
    await sequencer.landLate(removed, { from: rescuer });
    await invalidate(alone, world.at(slot + 1n, 20n));

    // Two on-time checkpoints of the epoch: the second has the removed one's number and another slot.
    const first = (await sequencer.land(await sequencer.build(slot + 1n), { timestamp: world.at(slot + 1n, 30n) }))
      .checkpoint;
    const { checkpoint: second } = await sequencer.landOnTime(slot + 2n);
    expect(second.number, "checkpoint").to.equal(removed.number);
    expect(await askRecord(world, slot)).to.deep.equal(refusal("LateSubmission__UnknownSlot", slot));
    expect((await readMarks(world, world.firstEpoch)).bits, "marks").to.equal(0b10n);
    await proveAndSettle(world, { checkpoints: [first, second] });
  });

  it("records a slot again when it lands again on another parent, and settles it once under the second terms", async () => {
    const { sequencer, rescuer, rival } = world;
    const alone = await unattested(await sequencer.build(world.firstSlot));
    const fresh = await sequencer.tipFor(slot);
    await landed(alone, { timestamp: world.at(world.firstSlot, 12n) });
    const removed = await sequencer.build(slot);
    const again = await sequencer.build(slot, { parent: fresh });
    await sequencer.landLate(removed, { from: rescuer, delay: 1n });
    await invalidate(alone, world.at(slot + 1n, 2n));
    await setTerms(world, { submitterBps: 1_000, burnBps: 1_000 }, world.at(slot + 1n, 3n));
    await sequencer.landLate(again, { from: rival, delay: 4n });

    const record = await readLateSubmission(world, slot);
    expect([record.checkpointNumber, record.submitter, record.delay]).to.deep.equal([1n, rival.address, 4n]);
    await proveAndSettle(world, {
      checkpoints: [again],
      late: [{ checkpoint: again, submitter: rival.address, submitterBps: 1_000, burnBps: 1_000 }],
    });
  });

  it("never removes a late checkpoint by itself: its attestations are sufficient and valid", async () => {
    const { sequencer, chain, rollup, rescuer } = world;
    const checkpoint = withAttestations(await sequencer.build(slot), await sequencer.build(slot));
    await sequencer.landLate(checkpoint, { from: rescuer });
    const committee = await sequencer.committee(slot);
    const members = committee.members.map(({ address }) => address);
    const attack = async (data: Hex) => {
      const error = await rejection(chain.execute({ from: rescuer, to: rollup.address, data }), L1RevertError);
      return [error.errorName, ...error.args];
    };
    const insufficient = encodeFunctionData({
      abi: RollupAbi,
      functionName: "invalidateInsufficientAttestations",
      args: [checkpoint.number, checkpoint.attestations, members],
    });
    const quorum = BigInt(committee.quorum);
    expect(await attack(insufficient)).to.deep.equal(["ValidatorSelection__InsufficientAttestations", quorum, quorum]);
    for (const index of members.keys()) {
      const bad = encodeFunctionData({
        abi: RollupAbi,
        functionName: "invalidateBadAttestation",
        args: [checkpoint.number, checkpoint.attestations, members, BigInt(index)],
      });
      expect(await attack(bad), `member ${index}`).to.deep.equal(["Rollup__AttestationsAreValid"]);
    }
  });

  it("cannot be rescued again after a prune: the slot has passed", async () => {
    const { sequencer, rescuer } = world;
    const checkpoint = await sequencer.build(slot);
    await sequencer.landLate(checkpoint, { from: rescuer });
    const pruned = world.firstSlot + 8n;
    const expected = refusal("HeaderLib__InvalidSlotNumber", pruned, slot);
    await expectRejected(world, checkpoint, expected, { timestamp: world.at(pruned, 1n), from: rescuer });
    const { checkpoint: next } = await sequencer.landOnTime(pruned);
    expect(await askRecord(world, slot)).to.deep.equal(refusal("LateSubmission__UnknownSlot", slot));
    await proveAndSettle(world, { checkpoints: [next] });
  });

  it("obeys governance that switches the window off while a rescue is under way", async () => {
    const { sequencer, rescuer } = world;
    const checkpoint = await sequencer.build(slot);
    await setTerms(world, { windowSeconds: 0 }, world.at(slot + 1n, 5n));
    const expected = refusal("HeaderLib__InvalidSlotNumber", slot + 1n, slot);
    await expectRejected(world, checkpoint, expected, { timestamp: world.at(slot + 1n, 6n), from: rescuer });
    await setTerms(world, {}, world.at(slot + 1n, 7n));
    await sequencer.landLate(checkpoint, { from: rescuer });
    // Off again: what has landed is settled all the same.
    await setTerms(world, { windowSeconds: 0 });
    await proveAndSettle(world, { checkpoints: [checkpoint], late: [{ checkpoint, submitter: rescuer.address }] });
  });
});

describe("The rings of records and marks", () => {
  it("tell a slot from the one a ring earlier, whether that was settled or not", async () => {
    const world = await openTestWorld();
    const { sequencer, rescuer, rival, firstEpoch, firstSlot } = world;
    const ring = recordRingSize(world.rollup.timing);
    const [slot, unsettledSlot] = [firstSlot + 1n, firstSlot + 4n];

    const settled = await sequencer.build(slot);
    await sequencer.landLate(settled, { from: rescuer });
    await proveAndSettle(world, {
      checkpoints: [settled],
      late: [{ checkpoint: settled, submitter: rescuer.address }],
    });
    const unsettled = await sequencer.build(unsettledSlot);
    await sequencer.landLate(unsettled, { from: rescuer });

    // A ring later, nothing of it has been overwritten. On-time slots of the same places write nothing and are not late.
    await world.chain.mineAt(world.at(slot + ring, 1n));
    const words = await readRecordWords(world, slot + ring);
    expect(words, "one place").to.deep.equal(await readRecordWords(world, slot));
    const onTime = (await sequencer.landOnTime(slot + ring)).checkpoint;
    expect(await readRecordWords(world, slot), "record words").to.deep.equal(words);
    expect(await askRecord(world, slot + ring)).to.deep.equal(refusal("LateSubmission__UnknownSlot", slot + ring));
    expect((await readLateSubmission(world, slot)).isSettled, "the old record is still there").to.equal(true);
    // The one that was never proven went with the prune.
    expect(await askRecord(world, unsettledSlot)).to.deep.equal(refusal("LateSubmission__UnknownSlot", unsettledSlot));
    expect(onTime.number, "checkpoint").to.equal(2n);
    expect(await readMarks(world, firstEpoch + lateRingEpochs(world.rollup.timing))).to.deep.equal({
      epoch: firstEpoch,
      bits: 0b10n,
    });
    await proveAndSettle(world, { checkpoints: [onTime] });

    // Another late slot takes the word of marks over: only its own bit is in it.
    const taking = await sequencer.build(slot + ring + 1n);
    await sequencer.landLate(taking, { from: rival });
    expect(await readMarks(world, firstEpoch)).to.deep.equal({
      epoch: firstEpoch + lateRingEpochs(world.rollup.timing),
      bits: 0b100n,
    });
    const late: LateLanding[] = [{ checkpoint: taking, submitter: rival.address }];
    await proveAndSettle(world, { checkpoints: [onTime, taking], late, settledBefore: 1 });
  });

  it("give a slot's place to the one a ring later", async () => {
    const world = await openTestWorld();
    const { sequencer, rescuer, rival } = world;
    const ring = recordRingSize(world.rollup.timing);
    const slot = world.firstSlot + 1n;
    const first = await sequencer.build(slot);
    await sequencer.landLate(first, { from: rescuer });
    await proveAndSettle(world, { checkpoints: [first], late: [{ checkpoint: first, submitter: rescuer.address }] });

    await world.chain.mineAt(world.at(slot + ring, 1n));
    const second = await sequencer.build(slot + ring);
    await sequencer.landLate(second, { from: rival });
    expect(await askRecord(world, slot)).to.deep.equal(refusal("LateSubmission__UnknownSlot", slot));
    const record = await readLateSubmission(world, slot + ring);
    expect([record.slot, record.submitter, record.isSettled]).to.deep.equal([slot + ring, rival.address, false]);
    await proveAndSettle(world, { checkpoints: [second], late: [{ checkpoint: second, submitter: rival.address }] });
  });

  it("believe no mark without its record, and no record of another slot, whatever the words say", async () => {
    const world = await openTestWorld();
    const { sequencer, chain, rollup, rescuer, firstEpoch } = world;
    const ring = recordRingSize(rollup.timing);
    const slot = world.firstSlot + 1n;
    // Pruned, so that a ring later its place, its number and its slot's place in the epoch come together again, on time.
    await sequencer.landLate(await sequencer.build(slot), { from: rescuer });
    await chain.mineAt(world.at(slot + ring, 1n));
    const { checkpoint } = await sequencer.landOnTime(slot + ring);
    expect(checkpoint.number, "checkpoint").to.equal(1n);

    // Every slot of the epoch is marked, by hand: the proof looks at all four places and finds nothing to split.
    const epoch = firstEpoch + lateRingEpochs(world.rollup.timing);
    const word = toWord(marksWord(rollup.timing, epoch));
    await chain.setStorageAt(rollup.address, word, toWord((epoch << 224n) | 0b1111n));
    expect(await readMarks(world, epoch)).to.deep.equal({ epoch, bits: 0b1111n });
    await proveAndSettle(world, { checkpoints: [checkpoint] });
  });
});
