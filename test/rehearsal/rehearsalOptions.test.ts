import { expect } from "chai";

import {
  InvalidOptionError,
  parseRehearsalOptions,
  parseTerms,
  type RawRehearsalOptions,
} from "../../harness/rehearsal/rehearsalOptions.ts";

describe("Rehearsal options", () => {
  const valid: RawRehearsalOptions = { seed: "a", slots: 4, committee: 48, terms: "5000,2500,24" };

  it("reads terms, with epochs kept apart unless asked otherwise", () => {
    expect(parseTerms("5000,2500,24")).to.deep.equal({
      firstBps: 5000,
      submitterBps: 5000,
      burnBps: 2500,
      windowSeconds: 24,
      crossEpoch: false,
    });
    expect(parseTerms("10000,0,72,true")).to.deep.equal({
      firstBps: 10_000,
      submitterBps: 10_000,
      burnBps: 0,
      windowSeconds: 72,
      crossEpoch: true,
    });
  });

  const refused: [name: string, change: Partial<RawRehearsalOptions>, message: RegExp][] = [
    ["an empty seed", { seed: "" }, /^--seed "": expected at least one character$/],
    ["no slots", { slots: 0 }, /^--slots 0: expected a whole number from 1 to 12$/],
    ["more slots than an epoch has room for", { slots: 13 }, /^--slots 13: expected a whole number from 1 to 12$/],
    [
      "a committee that loses its quorum with one member",
      { committee: 3 },
      /^--committee 3: expected .* from 4 to 64$/,
    ],
    ["a committee above the validator set", { committee: 65 }, /^--committee 65: expected .* from 4 to 64$/],
    ["words for terms", { terms: "half" }, /^--terms half: expected submitterBps,burnBps,windowSeconds/],
    ["negative shares", { terms: "-1,0,24" }, /^--terms -1,0,24: expected submitterBps/],
    ["terms above 100 %", { terms: "8000,2001,24" }, /^--terms 8000,2001,24: expected shares of at most 10000/],
    [
      "a window above a slot",
      { terms: "5000,2500,73" },
      /^--terms 5000,2500,73: expected a window of 13 to 72 seconds/,
    ],
    ["a window that takes no second L1 block", { terms: "5000,2500,12" }, /expected a window of 13 to 72 seconds/],
    ["a boolean that is none", { terms: "5000,2500,24,yes" }, /^--terms 5000,2500,24,yes: expected submitterBps/],
  ];
  for (const [name, change, message] of refused) {
    it(`refuses ${name} in one line`, () => {
      expect(() => parseRehearsalOptions({ ...valid, ...change })).to.throw(InvalidOptionError, message);
    });
  }
});
