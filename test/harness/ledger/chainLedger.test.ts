import { expect } from "chai";
import hre from "hardhat";

import { ChainLedgers } from "../../../harness/ledger/chainLedgers.ts";
import { InvalidLedgerCallError, UnknownCheckpointError } from "../../../harness/ledger/ledgerErrors.ts";
import { OPEN_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import { CastNotFoundError, InvalidCastError, parseCast } from "../../../harness/sim/cast.ts";
import {
  EMPTY_ROLLUP,
  GENESIS,
  validatorAccount,
  type Ledger,
  type LedgerSetup,
  type LedgerTransaction,
  type ProposeAction,
  type RollupState,
} from "../../../harness/sim/ledger.ts";
import { rejection } from "../../support/rejection.ts";

const SETUP: LedgerSetup = {
  seed: "ledger",
  slotSeconds: 72,
  epochSlots: 8,
  committeeSize: 4,
  validators: 6,
  proofSubmissionEpochs: 1,
  inboxLag: 2,
  terms: OPEN_TERMS,
  cast: "AB",
  reorgBlocks: 2,
  ownBlobs: false,
};
const SLOT_MS = 72_000;
const BASE_FEE = 1_000_000_000;

describe("Chain ledger", () => {
  const ledgers = new ChainLedgers(hre);
  let ledger: Ledger;
  let members: readonly number[];
  let proposerOf: (slot: number) => number;

  beforeEach(async () => {
    ledger = await ledgers.open(SETUP);
    const committee = await ledger.committeeOf(0);
    members = committee.members;
    proposerOf = (slot) => committee.proposers[slot + ledger.calendar.slotsBefore] as number;
    await build("s1", 1, GENESIS);
  });
  afterEach(() => ledger.close());
  after(() => ledgers.close());

  const build = (id: string, slot: number, parent: string) =>
    ledger.build({ id, slot, parent, proposer: proposerOf(slot), fill: 0 });

  const propose = (checkpoint: string, slot: number, changes: Partial<ProposeAction> = {}): LedgerTransaction => ({
    id: `tx ${checkpoint}`,
    sender: validatorAccount(proposerOf(slot)),
    action: { kind: "propose", checkpoint, attesters: members, authorisation: "own", ...changes },
    gasLimit: 2_000_000,
    priorityFee: BASE_FEE,
  });

  const execute = async (ms: number, ...transactions: readonly LedgerTransaction[]) =>
    ledger.execute({ ms, baseFee: BASE_FEE, transactions });

  it("lands on time, and late on top of it in the same L1 block of the next slot, and credits whom the bundle names", async () => {
    await build("s2", 2, "s1");
    const { outcomes, rollup } = await execute(
      2 * SLOT_MS,
      { ...propose("s1", 1, { authorisation: "proposal", recipient: "friend" }), sender: "stranger" },
      propose("s2", 2),
    );
    expect(outcomes.map(({ status, gasClass }) => `${status} ${gasClass}`)).to.deep.equal([
      "success propose.late",
      "success propose.onTime",
    ]);
    expect(outcomes[0]?.late).to.deep.equal({ slot: 1, submitter: "friend", delay: 0 });
    expect(rollup.tip).to.include({ id: "s2", number: 2, slot: 2, isLate: false });
    expect(rollup.tip?.parent).to.include({ id: "s1", number: 1, isLate: true });
  });

  it("says why L1 refuses, alone and in a bundle", async () => {
    await execute(SLOT_MS, propose("s1", 1));
    const again = propose("s1", 1);
    const { outcomes, rollup } = await execute(
      SLOT_MS + 12_000,
      { ...again, id: "alone" },
      { ...again, id: "bundled", action: { ...again.action, recipient: "friend" } as ProposeAction },
    );
    expect(outcomes.map(({ status, error, gasClass }) => [status, error, gasClass])).to.deep.equal([
      ["reverted", "Rollup__SlotAlreadyInChain", "propose.refused"],
      ["skipped", "Rollup__SlotAlreadyInChain", "propose.refused"],
    ]);
    expect(rollup.tip?.txId).to.equal("tx s1");
  });

  it("foresees what its asker's view of L1 tells, alone and in a bundle, and knows nothing of what was taken back", async () => {
    const own = propose("s1", 1);
    for (const recipient of [{}, { recipient: "friend" }]) {
      const action: ProposeAction = { ...(own.action as ProposeAction), authorisation: "proposal", ...recipient };
      const foresee = (ms: number, seen: RollupState) =>
        ledger.foresee({ ms, baseFee: BASE_FEE }, { ...own, id: "late", sender: "stranger", action }, seen);
      expect(await foresee(SLOT_MS + 60_000, EMPTY_ROLLUP)).to.equal("Panic");
      expect(await foresee(2 * SLOT_MS, EMPTY_ROLLUP)).to.equal(undefined);
      expect(await foresee(2 * SLOT_MS + 24_000, EMPTY_ROLLUP)).to.equal("LateSubmission__WindowClosed");
      const { rollup } = await execute(SLOT_MS + 60_000, own);
      expect(await foresee(2 * SLOT_MS, rollup)).to.equal("Rollup__SlotAlreadyInChain");
      expect(await foresee(2 * SLOT_MS, EMPTY_ROLLUP), "on the block before it landed").to.equal(undefined);
      // A block of that second is there already, unseen.
      expect(await foresee(SLOT_MS + 60_000, EMPTY_ROLLUP)).to.equal("Panic");
      await ledger.rollBack(1);
      expect(await foresee(2 * SLOT_MS, rollup), "on a block that is gone").to.equal(undefined);
    }
  });

  it("invalidates what landed without a quorum, and prunes nothing that can still be proven", async () => {
    await execute(SLOT_MS, propose("s1", 1, { attesters: [proposerOf(1)] }));
    const other = { sender: "stranger", gasLimit: 2_000_000, priorityFee: 0 };
    const { outcomes, rollup } = await execute(
      SLOT_MS + 12_000,
      { ...other, id: "prune", action: { kind: "prune" } },
      { ...other, id: "message", action: { kind: "message" } },
      { ...other, id: "invalidate", action: { kind: "invalidate", checkpoint: "s1" } },
    );
    expect(outcomes.map(({ status, error = "" }) => `${status} ${error}`.trim())).to.deep.equal([
      "reverted Rollup__NothingToPrune",
      "success",
      "success",
    ]);
    expect(rollup).to.include({ tip: undefined, proven: 0 });
  });

  it("proves, and says where the money went", async () => {
    await execute(2 * SLOT_MS + 12_000, { ...propose("s1", 1, { authorisation: "none" }), sender: "stranger" });
    const proof = { id: "proof", sender: "prover", gasLimit: 8_000_000, priorityFee: 0 };
    const { outcomes, rollup } = await execute(3 * SLOT_MS, {
      ...proof,
      action: { kind: "prove", checkpoints: ["s1"] },
    });
    const settlement = outcomes[0]?.settlement;
    expect(settlement?.sources).to.equal(settlement?.uses);
    expect(settlement?.settledSlots).to.deep.equal([1]);
    expect(Object.keys(settlement?.credits ?? {}).sort()).to.deep.equal(["stranger", validatorAccount(proposerOf(1))]);
    expect(rollup).to.include({ proven: 1 });
  });

  it("takes blocks back, and does the same again", async () => {
    const first = await execute(SLOT_MS, propose("s1", 1));
    await ledger.rollBack(1);
    const second = await execute(SLOT_MS, propose("s1", 1));
    expect(second).to.deep.equal(first);
    await ledger.rollBack(1);
    const late = await execute(2 * SLOT_MS, propose("s1", 1));
    expect(late.rollup.tip?.isLate).to.equal(true);
    await rejection(Promise.resolve(ledger.rollBack(2)), InvalidLedgerCallError);
  });

  it("knows no checkpoint that was not built, and proves none that never landed", async () => {
    await rejection(Promise.resolve(build("orphan", 2, "nobody")), UnknownCheckpointError);
    await rejection(execute(SLOT_MS, propose("nobody", 1)), UnknownCheckpointError);
    const proof = { id: "proof", sender: "prover", gasLimit: 8_000_000, priorityFee: 0 };
    const action = { kind: "prove", checkpoints: ["s1"] } as const;
    await rejection(execute(SLOT_MS, { ...proof, action }), InvalidLedgerCallError);
  });

  it("begins where its committees make the cast true, or says that they never do", async () => {
    for (const cast of ["AAB", "ABAC", "A|A", "AB|C"]) {
      const other = await ledgers.open({ ...SETUP, cast });
      const { epochSlots, slotsBefore } = other.calendar;
      const all = [...(await other.committeeOf(0)).proposers, ...(await other.committeeOf(1)).proposers];
      const { letters } = parseCast(cast);
      const people = letters.map((_, index) => all[slotsBefore + 1 + index]);
      for (const [index, letter] of letters.entries()) {
        expect(people[index] === people[0], `${cast}, slot ${index + 1}`).to.equal(letter === "A");
      }
      const boundary = cast.indexOf("|");
      if (boundary > 0) expect((slotsBefore + 1 + boundary) % epochSlots, cast).to.equal(0);
    }
    await rejection(ledgers.open({ ...SETUP, cast: "ABCDE" }), CastNotFoundError);
    await rejection(ledgers.open({ ...SETUP, cast: "ab" }), InvalidCastError);
  });
});
