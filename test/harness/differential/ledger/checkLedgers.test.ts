import { expect } from "chai";
import hardhat from "hardhat";

import { checkLedgers, type LedgerCheck } from "../../../../harness/differential/ledger/checkLedgers.ts";
import { LedgerDifferenceError } from "../../../../harness/differential/ledger/compareLedgers.ts";
import {
  assertNothingRare,
  EXPECTED_OUTCOMES,
  RareOutcomeError,
} from "../../../../harness/differential/ledger/expectedOutcomes.ts";
import { EVERY_RUN } from "../../../../harness/differential/ledger/ledgerCheckOptions.ts";
import { ChainLedgers } from "../../../../harness/ledger/chainLedgers.ts";
import type { Ledger } from "../../../../harness/sim/ledger.ts";
import { rejection } from "../../../support/rejection.ts";

/** One run of each kind of rollup. */
const DEFAULT_SLOTS = "280";

const seed = process.env["BUILD_AHEAD_LEDGER_SEED"] ?? "test";
const slots = Number(process.env["BUILD_AHEAD_LEDGER_SLOTS"] ?? DEFAULT_SLOTS);
const chains = new ChainLedgers(hardhat);

describe(`The model ledger beside the contracts (BUILD_AHEAD_LEDGER_SEED=${seed} BUILD_AHEAD_LEDGER_SLOTS=${slots})`, () => {
  let check: LedgerCheck;
  before(async () => {
    check = await checkLedgers(chains, { seed, slots, run: EVERY_RUN });
  });
  after(() => chains.close());

  it("gives the same answer to every transaction, in all that has to be common", () => {
    expect(check.slots).to.equal(slots);
    expect(check.transactions).to.be.greaterThan(2 * slots);
    const successes = EXPECTED_OUTCOMES.filter(({ status }) => status === "success");
    for (const { action, gasClass } of successes) {
      const seen = check.outcomes.find((one) => one.action === action && one.gasClass === gasClass);
      expect(seen, `${action} ${gasClass}`).to.not.equal(undefined);
    }
    expect(check.rolledBackBlocks).to.be.greaterThan(0);
    expect(check.money.settledLandings).to.be.greaterThan(0);
    expect(BigInt(check.money.forfeited) > 0n).to.equal(true);
  });

  it("says what was seen too seldom", () => {
    const [first, ...others] = EXPECTED_OUTCOMES.map((expected) => ({
      ...expected,
      gasClass: expected.gasClass ?? ("refused" as const),
      count: 5,
    }));
    if (first === undefined) throw new RangeError("Nothing is expected");
    assertNothingRare([first, ...others], 5);
    expect(() => {
      assertNothingRare([{ ...first, count: 4 }, ...others], 5);
    }).to.throw(RareOutcomeError, "propose success propose.onTime (4)");
  });

  it("fails at the first answer that differs, with what repeats it", async () => {
    const liar = { open: async (setup: Parameters<ChainLedgers["open"]>[0]) => lie(await chains.open(setup)) };
    const error = await rejection(checkLedgers(liar, { seed, slots: 40, run: 0 }), LedgerDifferenceError);
    expect(error.fields).to.include({ seed: `${seed}, run 0` });
    expect(error.fields["chain"]).to.contain('"delay":1000');
  });
});

/** The contracts, but late landings come a little later. */
function lie(ledger: Ledger): Ledger {
  return {
    name: ledger.name,
    calendar: ledger.calendar,
    terms: ledger.terms,
    committeeOf: (epoch) => ledger.committeeOf(epoch),
    build: (draft) => ledger.build(draft),
    foresee: (block, proposal, seen) => ledger.foresee(block, proposal, seen),
    rollBack: (blocks) => ledger.rollBack(blocks),
    close: () => ledger.close(),
    execute: async (block) => {
      const { outcomes, rollup } = await ledger.execute(block);
      const lies = outcomes.map((outcome) =>
        outcome.late === undefined ? outcome : { ...outcome, late: { ...outcome.late, delay: 1_000 } },
      );
      return { outcomes: lies, rollup };
    },
  };
}
