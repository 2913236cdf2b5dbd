import { expect } from "chai";

import { COUNTERS } from "../../support/settlement/counters.ts";
import { IN_OPENING, OPENING, OTHER_CASES } from "../../support/settlement/directedPlans.ts";
import { runSequence } from "../../support/settlement/runSequence.ts";

describe("A settlement by the specification's formulas", () => {
  it("pays to the unit in every case that a network with transactions can meet", async () => {
    const { tally } = await runSequence({ seed: "every case", plans: [...OPENING, ...OTHER_CASES] });
    const expected = COUNTERS.filter((counter) => counter !== "transactionsDisabled");
    expect(tally.missing(expected), tally.toString()).to.be.empty;
  });

  it("pays to the unit before transactions are enabled", async () => {
    const { tally } = await runSequence({ seed: "ignition", plans: OPENING, config: { manaTarget: 0n } });
    expect(tally.missing([...IN_OPENING, "transactionsDisabled"]), tally.toString()).to.be.empty;
  });
});
