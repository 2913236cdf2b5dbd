import { expect } from "chai";

import { fuzzSeed } from "../../support/settlement/plan.ts";
import { runSequences } from "../../support/settlement/runSequences.ts";
import { COUNTERS, type Counter } from "../../support/settlement/settlementWorld.ts";

const DEFAULT_SEED = 2;
/** Needs a rollup whose transactions are disabled at first. */
const ONLY_WHILE_DISABLED: readonly Counter[] = ["transactionsDisabled"];

/** With the default seed everything happens; another seed may miss something rare, and says what it did. */
function expectCounts(seed: number, totals: ReadonlyMap<Counter, number>, expected: readonly Counter[]): void {
  const summary = COUNTERS.map((counter) => `${counter} ${totals.get(counter) ?? 0}`).join(", ");
  const required = seed === DEFAULT_SEED ? expected : (["settled", "proofs"] as const);
  for (const counter of required) expect(totals.get(counter) ?? 0, `${counter} in: ${summary}`).to.be.greaterThan(0);
}

describe("Rewards under random sequences of late and on-time landings, proofs, prunes and changes of terms", () => {
  const seed = fuzzSeed(DEFAULT_SEED);

  it(`are conserved to the unit and always covered, with transactions (seed ${seed})`, async () => {
    const totals = await runSequences({ seed, sequences: 2, slots: 52 });
    expectCounts(
      seed,
      totals,
      COUNTERS.filter((counter) => !ONLY_WHILE_DISABLED.includes(counter)),
    );
  });

  it(`are conserved to the unit and always covered, from a mana target of zero on (seed ${seed})`, async () => {
    const totals = await runSequences({ seed, sequences: 1, slots: 40, config: { manaTarget: 0n } });
    expectCounts(seed, totals, ONLY_WHILE_DISABLED);
  });
});
