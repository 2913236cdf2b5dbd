import { expect } from "chai";

import { fuzzSeed } from "../../support/fuzzSeed.ts";
import { IN_OPENING, OPENING } from "../../support/settlement/directedPlans.ts";
import { drawPlans } from "../../support/settlement/plan.ts";
import { runSequence } from "../../support/settlement/runSequence.ts";

describe("Rewards under random sequences of late and on-time landings, proofs, prunes and changes of terms", () => {
  const seed = fuzzSeed(2);

  for (const [index, drawn] of drawPlans(seed, 2, 52).entries()) {
    it(`are conserved to the unit and always covered, with transactions (seed ${seed}, sequence ${index})`, async () => {
      const { tally } = await runSequence({ seed: `sequence ${seed}/${index}`, plans: [...OPENING, ...drawn] });
      expect(tally.missing(IN_OPENING), tally.toString()).to.be.empty;
    });
  }

  it(`are conserved to the unit and always covered, from a mana target of zero on (seed ${seed})`, async () => {
    const [drawn = []] = drawPlans(seed, 1, 40);
    const { tally } = await runSequence({
      seed: `sequence ${seed}/0`,
      plans: [...OPENING, ...drawn],
      config: { manaTarget: 0n },
    });
    expect(tally.missing([...IN_OPENING, "transactionsDisabled"]), tally.toString()).to.be.empty;
  });
});
