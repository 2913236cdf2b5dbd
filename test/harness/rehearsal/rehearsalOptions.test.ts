import { expect } from "chai";
import { zeroAddress } from "viem";

import { OPEN_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import { buildAheadPhases } from "../../../harness/rehearsal/phases.ts";
import {
  DEFAULT_OPTIONS,
  findVariations,
  InvalidOptionError,
  MAX_SLOTS,
  MIN_COMMITTEE,
  MIN_WINDOW_SECONDS,
  parseRehearsalOptions,
  parseTerms,
  type RawRehearsalOptions,
} from "../../../harness/rehearsal/rehearsalOptions.ts";

describe("Rehearsal options", () => {
  const valid: RawRehearsalOptions = { seed: "a", slots: 4, committee: 48, terms: "1000,5000,2500,24" };

  it("reads terms, with epochs kept apart unless asked otherwise", () => {
    expect(parseTerms("1000,5000,2500,24")).to.deep.equal({
      firstBps: 1000,
      submitterBps: 5000,
      burnBps: 2500,
      windowSeconds: 24,
      crossEpoch: false,
    });
    expect(parseTerms("10000,10000,0,72,true")).to.deep.equal({
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
    ["words for terms", { terms: "half" }, /^--terms half: expected firstBps,submitterBps,burnBps,windowSeconds/],
    ["negative shares", { terms: "-1,0,0,24" }, /^--terms -1,0,0,24: expected firstBps/],
    ["terms without a first share", { terms: "5000,2500,24" }, /^--terms 5000,2500,24: expected firstBps/],
    [
      "a first share above the last one",
      { terms: "5001,5000,0,24" },
      /^--terms 5001,5000,0,24: expected a first share that is at most/,
    ],
    ["terms above 100 %", { terms: "0,8000,2001,24" }, /^--terms 0,8000,2001,24: expected shares of at most 10000/],
    [
      "a window above a slot",
      { terms: "1000,5000,2500,73" },
      /^--terms 1000,5000,2500,73: expected a window of 13 to 72 seconds/,
    ],
    ["a window that takes no second L1 block", { terms: "1000,5000,2500,12" }, /expected a window of 13 to 72 seconds/],
    ["a boolean that is none", { terms: "1000,5000,2500,24,yes" }, /^--terms 1000,5000,2500,24,yes: expected firstBps/],
  ];
  for (const [name, change, message] of refused) {
    it(`refuses ${name} in one line`, () => {
      expect(() => parseRehearsalOptions({ ...valid, ...change })).to.throw(InvalidOptionError, message);
    });
  }

  it("opens the window, unless asked otherwise, as the second payload is meant to", () => {
    expect(parseTerms(DEFAULT_OPTIONS.terms)).to.deep.equal(OPEN_TERMS);
  });

  it("says in what a run differs from the one whose report is committed", () => {
    const variations = (change: Partial<RawRehearsalOptions>) =>
      findVariations(parseRehearsalOptions({ ...DEFAULT_OPTIONS, ...change }));
    expect(variations({})).to.deep.equal([]);
    expect(variations({ terms: "1000,5000,2500,24" }), "the same terms in fewer words").to.deep.equal([]);
    expect(variations({ seed: "x", slots: 3 })).to.deep.equal(["seed-x", "slots-3"]);
    expect(variations({ terms: "1000,5000,2500,24,true" })).to.deep.equal(["terms-1000,5000,2500,24,true"]);
  });

  it("lets through what the scenarios need, and no less", () => {
    const phases = buildAheadPhases({ verifier: zeroAddress }, OPEN_TERMS, MAX_SLOTS);
    const needs = phases.flatMap(({ scenarios }) => scenarios.map((scenario) => scenario.needs));
    expect(Math.max(...needs.map(({ committee = 0 }) => committee))).to.equal(MIN_COMMITTEE);
    expect(Math.max(...needs.map(({ windowSeconds = 0 }) => windowSeconds))).to.equal(MIN_WINDOW_SECONDS);
    const opening = phases.findIndex(({ title }) => title === "Governance opens the window");
    const settled = phases.findIndex(({ title }) => title === "Proof and settlement");
    for (const epoch of [phases.slice(0, opening), phases.slice(opening, settled)]) {
      const scenarios = epoch.flatMap((phase) => phase.scenarios);
      const slots = scenarios.reduce((sum, { needs: { slots: taken = 0 } }) => sum + taken, 0);
      expect(slots).to.be.at.most(
        EPOCH_SLOTS - 1,
        "the first slot passes while fees are bridged, or with the first landing",
      );
    }
  });
});

const EPOCH_SLOTS = 32;
