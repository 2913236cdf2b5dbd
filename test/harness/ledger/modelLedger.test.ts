import { expect } from "chai";

import { InvalidCheckpointError } from "../../../harness/consensus/consensusErrors.ts";
import { InvalidLedgerCallError, UnknownCheckpointError } from "../../../harness/ledger/ledgerErrors.ts";
import { openModelLedger, type ModelLedger } from "../../../harness/ledger/modelLedger.ts";
import type { LateSubmissionTerms } from "../../../harness/protocol/terms.ts";
import { CastNotFoundError } from "../../../harness/sim/cast.ts";
import { epochOf, firstSlotOf, slotStartMs } from "../../../harness/sim/calendar.ts";
import {
  GENESIS,
  validatorAccount,
  type CheckpointDraft,
  type LedgerAction,
  type LedgerSetup,
  type Outcome,
  type ProposeAction,
  type RollupState,
} from "../../../harness/sim/ledger.ts";

const TERMS: LateSubmissionTerms = {
  firstBps: 1_000,
  submitterBps: 5_000,
  burnBps: 2_500,
  windowSeconds: 24,
  crossEpoch: false,
};
const SETUP: LedgerSetup = {
  seed: "unit",
  slotSeconds: 72,
  epochSlots: 4,
  committeeSize: 5,
  validators: 8,
  proofSubmissionEpochs: 1,
  inboxLag: 2,
  terms: TERMS,
  // Slots 1 to 3 belong to one epoch, slot 4 begins the next one.
  cast: "ABC|D",
  reorgBlocks: 3,
  ownBlobs: false,
};
/** 70 % of 500 tokens. */
const SHARE = 350n * 10n ** 18n;

const errorOf = ({ status, error }: Outcome) => `${status} ${error ?? ""}`.trimEnd();

/** A ledger, and what its users would otherwise write again and again. */
class Bench {
  readonly ledger: ModelLedger;
  rollup: RollupState = { tip: undefined, proven: 0 };
  #count = 0;

  constructor(setup: Partial<LedgerSetup> = {}) {
    this.ledger = openModelLedger({ ...SETUP, ...setup });
  }

  committeeAt(slot: number) {
    return this.ledger.committeeOf(epochOf(this.ledger.calendar, slot));
  }

  proposerAt(slot: number) {
    const { calendar } = this.ledger;
    return this.committeeAt(slot).proposers[slot - firstSlotOf(calendar, epochOf(calendar, slot))] ?? -1;
  }

  /** Builds the proposer's checkpoint of a slot, named after it. */
  build(slot: number, parent: string = GENESIS, draft: Partial<CheckpointDraft> = {}): string {
    const whole = { id: `s${slot}`, slot, parent, proposer: this.proposerAt(slot), fill: 0, ...draft };
    this.ledger.build(whole);
    return whole.id;
  }

  /** In a block of its own, so many seconds after a slot has begun. */
  send(slot: number, seconds: number, action: LedgerAction, sender = "sender"): Outcome {
    const { outcomes, rollup } = this.ledger.execute({
      ms: slotStartMs(this.ledger.calendar, slot) + seconds * 1000,
      baseFee: 1e9,
      transactions: [{ id: `t${++this.#count}`, sender, action, gasLimit: 8_000_000, priorityFee: 0 }],
    });
    this.rollup = rollup;
    return outcomes[0] as Outcome;
  }

  /** What the proposer itself would send, with everybody's attestations. */
  proposal(checkpoint: string, slot: number, changes: Partial<ProposeAction> = {}): ProposeAction {
    const { members } = this.committeeAt(slot);
    return { kind: "propose", checkpoint, attesters: members, authorisation: "own", ...changes };
  }

  land(slot: number, parent: string = GENESIS, changes: Partial<ProposeAction> = {}): Outcome {
    return this.send(slot, 0, this.proposal(this.build(slot, parent), slot, changes));
  }

  landLate(slot: number, seconds: number, changes: Partial<ProposeAction> = {}, parent: string = GENESIS): Outcome {
    return this.send(slot + 1, seconds, this.proposal(this.build(slot, parent), slot, changes));
  }
}

describe("ModelLedger", () => {
  it("lands checkpoints on time and says which one samples its epoch's committee", () => {
    const bench = new Bench();
    const outcomes = [bench.land(1), bench.land(2, "s1"), bench.land(4, "s2")];
    expect(outcomes.map(({ gasClass }) => gasClass)).to.deep.equal([
      "propose.onTime",
      "propose.onTime",
      "propose.firstOfEpoch",
    ]);
    expect(bench.rollup.tip).to.include({ id: "s4", number: 3, slot: 4, isLate: false, txId: "t3" });
    expect(bench.rollup.tip?.parent?.parent?.parent).to.equal(undefined);
  });

  it("gives gas in the middle of what was measured for the class", () => {
    const bench = new Bench({ epochSlots: 32, committeeSize: 48, validators: 64, cast: "...." });
    const onTime = bench.land(1);
    const late = bench.landLate(2, 12, {}, "s1");
    expect(late.gasUsed).to.be.greaterThan(onTime.gasUsed);
  });

  it("wants the tip as parent and a slot after it", () => {
    const bench = new Bench();
    const other = bench.build(2, GENESIS, { id: "other" });
    bench.land(1);
    expect(errorOf(bench.send(2, 0, bench.proposal(other, 2)))).to.equal("reverted Rollup__InvalidArchive");
    expect(errorOf(bench.send(2, 12, bench.proposal("s1", 1)))).to.equal("reverted Rollup__SlotAlreadyInChain");
  });

  it("foresees what its asker's view of L1 tells, changes nothing by it, and knows nothing of what was taken back", () => {
    const bench = new Bench();
    const id = bench.build(1);
    const before = bench.rollup;
    const proposal = {
      id: "tx",
      sender: "stranger",
      action: bench.proposal(id, 1, { authorisation: "proposal" }),
      gasLimit: 1,
      priorityFee: 0,
    } as const;
    const foresee = (slot: number, seconds: number, seen = bench.rollup) =>
      bench.ledger.foresee(
        { ms: slotStartMs(bench.ledger.calendar, slot) + seconds * 1000, baseFee: 1e9 },
        proposal,
        seen,
      );
    expect(foresee(1, 60), "before the boundary L1 looks for the proposer's signature").to.equal("Panic");
    expect(foresee(2, 0)).to.equal(undefined);
    expect(foresee(2, 24)).to.equal("LateSubmission__WindowClosed");
    bench.land(1);
    expect(foresee(2, 0)).to.equal("Rollup__SlotAlreadyInChain");
    expect(foresee(2, 0, before), "on the block before it landed").to.equal(undefined);
    const gone = bench.rollup;
    bench.ledger.rollBack(1);
    expect(foresee(2, 0, gone), "on a block that is gone").to.equal(undefined);
    expect(foresee(2, 0, before)).to.equal(undefined);
  });

  it("wants both signatures of the slot's proposer on time, and counts no quorum", () => {
    const bench = new Bench();
    const id = bench.build(1);
    const [proposer, { members }] = [bench.proposerAt(1), bench.committeeAt(1)];
    const others = members.filter((member) => member !== proposer);
    const send = (changes: Partial<ProposeAction>) => errorOf(bench.send(1, 0, bench.proposal(id, 1, changes)));
    expect(send({ authorisation: "none" })).to.equal("reverted Panic");
    expect(send({ attesters: [], authorisation: "none" })).to.contain("MissingProposerSignature");
    expect(send({ attesters: others })).to.contain("MissingProposerSignature");
    expect(send({ attesters: [proposer] })).to.equal("success");

    const foreign = new Bench();
    const stolen = foreign.build(1, GENESIS, { proposer: foreign.proposerAt(2) });
    expect(errorOf(foreign.send(1, 0, foreign.proposal(stolen, 1)))).to.equal(
      "reverted SignatureLib__InvalidSignature",
    );
  });

  for (const [windowSeconds, seconds, end] of [
    [0, 0, "HeaderLib__InvalidSlotNumber"],
    [12, 11, "success"],
    [12, 12, "LateSubmission__WindowClosed"],
    [24, 23, "success"],
    [24, 24, "LateSubmission__WindowClosed"],
    [72, 71, "success"],
    [72, 72, "HeaderLib__InvalidSlotNumber"],
  ] as const) {
    it(`${windowSeconds} s of window: ${seconds} s after the slot a landing ends as ${end}`, () => {
      const bench = new Bench({ terms: { ...TERMS, windowSeconds } });
      expect(errorOf(bench.landLate(1, seconds))).to.contain(end);
    });
  }

  it("lands an epoch's last slot late only if the terms cross epochs", () => {
    expect(errorOf(new Bench().landLate(3, 0))).to.contain("LateSubmission__CrossEpochClosed");
    const bench = new Bench({ terms: { ...TERMS, crossEpoch: true } });
    expect(bench.landLate(3, 0)).to.deep.include({ status: "success", gasClass: "propose.late" });
    // Of the new epoch nothing was sampled yet.
    expect(bench.land(4, "s3").gasClass).to.equal("propose.firstOfEpoch");
  });

  it("wants a quorum late, and the proposer's attestation or its signed proposal", () => {
    const bench = new Bench();
    const id = bench.build(1);
    const [proposer, { members, quorum }] = [bench.proposerAt(1), bench.committeeAt(1)];
    const others = members.filter((member) => member !== proposer);
    const send = (changes: Partial<ProposeAction>) => errorOf(bench.send(2, 0, bench.proposal(id, 1, changes)));
    expect(others).to.have.lengthOf(quorum);
    expect(send({ attesters: members.slice(0, quorum - 1) })).to.contain("InsufficientAttestations");
    expect(send({ attesters: others, authorisation: "none" })).to.contain("MissingProposerSignature");
    expect(send({ attesters: others, authorisation: "own" })).to.contain("SignatureLib__InvalidSignature");
    expect(send({ attesters: others, authorisation: "proposal" })).to.equal("success");
    expect(new Bench().landLate(1, 0, { authorisation: "none" }).status).to.equal("success");
  });

  it("credits the sender, or whom a bundle names, and lets a bundle survive", () => {
    expect(new Bench().landLate(1, 5).late).to.deep.equal({ slot: 1, submitter: "sender", delay: 5 });
    expect(new Bench().landLate(1, 5, { recipient: "friend" }).late?.submitter).to.equal("friend");
    const bench = new Bench();
    bench.land(1);
    const again = bench.send(1, 12, bench.proposal("s1", 1, { recipient: "friend" }));
    expect(errorOf(again)).to.equal("skipped Rollup__SlotAlreadyInChain");
    expect(again.gasClass).to.equal("propose.refused");
  });

  it("wants the messages that its tree holds when the parent has landed", () => {
    for (const [inboxLag, end] of [
      [1, "reverted Rollup__InvalidInHash"],
      [2, "success"],
    ] as const) {
      const bench = new Bench({ inboxLag });
      bench.build(1);
      bench.build(2, "s1");
      expect(bench.send(1, 0, { kind: "message" })).to.include({ status: "success", gasClass: "other" });
      bench.send(1, 12, bench.proposal("s1", 1));
      expect(errorOf(bench.send(2, 0, bench.proposal("s2", 2)))).to.equal(end);
    }
  });

  it("wants the fee of the header's slot: prices that were heard in between make another one", () => {
    const bench = new Bench({ cast: "ABC" });
    bench.build(1);
    bench.build(2, "s1");
    bench.build(3, "s2");
    const { ledger } = bench;
    const land = (slot: number) =>
      ledger.execute({
        ms: slotStartMs(ledger.calendar, slot),
        baseFee: 5e9,
        transactions: [
          { id: `l${slot}`, sender: "s", action: bench.proposal(`s${slot}`, slot), gasLimit: 1, priorityFee: 0 },
        ],
      }).outcomes[0] as Outcome;
    expect([1, 2, 3].map((slot) => errorOf(land(slot)))).to.deep.equal([
      "success",
      "success",
      "reverted Rollup__InvalidManaMinFee",
    ]);
  });

  it("proves prefixes of an epoch and pays each checkpoint once", () => {
    const bench = new Bench();
    bench.land(1);
    bench.land(2, "s1");
    const first = bench.send(2, 12, { kind: "prove", checkpoints: ["s1"] }, "prover");
    expect(first.settlement?.credits).to.deep.equal({ [validatorAccount(bench.proposerAt(1))]: SHARE });
    expect(errorOf(bench.send(2, 24, { kind: "prove", checkpoints: ["s1"] }, "prover"))).to.contain("AlreadySubmitted");
    expect(bench.send(2, 36, { kind: "prove", checkpoints: ["s1"] }, "other").settlement?.sources).to.equal(0n);
    const rest = bench.send(2, 48, { kind: "prove", checkpoints: ["s1", "s2"] }, "prover");
    expect(rest.settlement?.credits[validatorAccount(bench.proposerAt(2))]).to.equal(SHARE);
    expect(rest).to.deep.include({ gasClass: "prove" });
    expect(bench.rollup.proven).to.equal(2);
  });

  it("splits a late checkpoint's share by the terms and the delay", () => {
    const bench = new Bench();
    bench.landLate(1, 12, { recipient: "friend" });
    const { gasClass, settlement } = bench.send(2, 24, { kind: "prove", checkpoints: ["s1"] });
    expect(gasClass).to.equal("prove.late");
    // Halfway up from 10 to 50 %; 75 % are lost in every case.
    expect(settlement).to.deep.include({
      credits: { [validatorAccount(bench.proposerAt(1))]: SHARE / 4n, friend: (SHARE * 3n) / 10n },
      forfeited: (SHARE * 45n) / 100n,
      settledSlots: [1],
    });
    expect(settlement?.uses).to.equal(settlement?.sources);
  });

  it("pays fees from what was brought to L2", () => {
    const bench = new Bench();
    bench.send(1, 0, bench.proposal(bench.build(1, GENESIS, { fill: 1 }), 1));
    const { settlement } = bench.send(1, 12, { kind: "prove", checkpoints: ["s1"] });
    expect(Number(settlement?.sources)).to.be.greaterThan(500e18);
    expect(settlement?.uses).to.equal(settlement?.sources);
  });

  it("refuses proofs that the contracts refuse", () => {
    const bench = new Bench();
    const prove = (slot: number, seconds: number, ...checkpoints: string[]) =>
      errorOf(bench.send(slot, seconds, { kind: "prove", checkpoints }));
    const { quorum, members } = bench.committeeAt(1);
    const proposer = bench.proposerAt(2);
    bench.land(1);
    bench.land(2, "s1", { attesters: [proposer] });
    bench.land(4, "s2");
    expect(prove(4, 12, "s2")).to.contain("StartIsNotFirstCheckpointOfEpoch");
    expect(prove(4, 24, "s4")).to.contain("StartIsNotBuildingOnProven");
    expect(quorum).to.be.lessThan(members.length);
    expect(prove(4, 36, "s1", "s2")).to.contain("InsufficientAttestations");
    expect(prove(4, 48, "s1")).to.equal("success");
    expect(prove(8, 0, "s1")).to.contain("PastDeadline");
    expect(() => prove(8, 12, "s1", "s4")).to.throw(InvalidCheckpointError);
  });

  it("prunes what was not proven in time, on demand or with the next proposal", () => {
    const bench = new Bench();
    bench.land(1);
    expect(errorOf(bench.send(7, 0, { kind: "prune" }))).to.contain("NothingToPrune");
    expect(bench.land(8).status).to.equal("success");
    expect(bench.rollup.tip).to.include({ id: "s8", number: 1 });
    expect(bench.send(16, 0, { kind: "prune" }).status).to.equal("success");
    expect(bench.rollup.tip).to.equal(undefined);
    expect(errorOf(bench.send(16, 12, { kind: "prove", checkpoints: ["s8"] }))).to.contain("InvalidCheckpointNumber");
  });

  it("invalidates what lacks a quorum, with all that stands on it", () => {
    const bench = new Bench();
    const invalidate = (checkpoint: string) => errorOf(bench.send(3, 0, { kind: "invalidate", checkpoint }));
    bench.land(1);
    bench.land(2, "s1", { attesters: [bench.proposerAt(2)] });
    bench.land(3, "s2");
    expect(invalidate("s3")).to.contain("InsufficientAttestations");
    expect(invalidate("s2")).to.equal("success");
    expect(bench.rollup.tip?.id).to.equal("s1");
    expect(invalidate("s2")).to.contain("CheckpointNotInPendingChain");
    bench.send(3, 12, { kind: "prove", checkpoints: ["s1"] });
    expect(invalidate("s1")).to.contain("CheckpointAlreadyProven");
  });

  it("samples an epoch for whoever asks for the next one's committee, whatever is taken back", () => {
    const bench = new Bench();
    bench.land(1);
    bench.ledger.committeeOf(2);
    bench.ledger.rollBack(1);
    expect(bench.send(4, 0, bench.proposal(bench.build(4), 4)).gasClass).to.equal("propose.onTime");
  });

  it("takes blocks back as if they had never been", () => {
    const bench = new Bench();
    bench.build(1);
    const again = () => [bench.send(1, 0, bench.proposal("s1", 1)), bench.send(1, 12, { kind: "message" })];
    const [once] = again();
    bench.ledger.rollBack(2);
    const [twice] = again();
    expect({ ...twice, id: "" }).to.deep.equal({ ...once, id: "" });
    expect(() => bench.ledger.rollBack(4)).to.throw(InvalidLedgerCallError);
    expect(() => bench.ledger.rollBack(0)).to.throw(InvalidLedgerCallError);
  });

  it("refuses to speak of what was never built, never landed, or cannot be", () => {
    const bench = new Bench();
    expect(() => bench.build(2, "nothing")).to.throw(UnknownCheckpointError);
    expect(() => bench.send(1, 0, bench.proposal("nothing", 1))).to.throw(UnknownCheckpointError);
    bench.build(1);
    expect(() => bench.send(1, 0, { kind: "prove", checkpoints: ["s1"] })).to.throw(InvalidLedgerCallError);
    expect(() => bench.send(1, 0, { kind: "prove", checkpoints: [] })).to.throw(InvalidCheckpointError);
    expect(() => bench.build(1, "s1", { id: "same slot" })).to.throw(InvalidCheckpointError);
    expect(() => openModelLedger({ ...SETUP, committeeSize: 9 })).to.throw(InvalidLedgerCallError);
    expect(() => openModelLedger({ ...SETUP, terms: { ...TERMS, windowSeconds: 73 } })).to.throw(
      InvalidLedgerCallError,
    );
    expect(() => openModelLedger({ ...SETUP, terms: { ...TERMS, burnBps: 5_001 } })).to.throw(InvalidLedgerCallError);
    expect(() => openModelLedger({ ...SETUP, validators: 5, cast: "ABCDEFG" })).to.throw(CastNotFoundError);
  });

  it("begins where the cast is true, and draws the same committees for the same seed", () => {
    const bench = new Bench({ cast: "AAB" });
    const [one, two, three] = [1, 2, 3].map((slot) => bench.proposerAt(slot));
    expect(one).to.equal(two);
    expect(three).to.not.equal(two);
    expect(new Bench({ cast: "AAB" }).committeeAt(9)).to.deep.equal(bench.committeeAt(9));
    expect(new Set(bench.committeeAt(1).members)).to.have.lengthOf(5);
  });
});
