import { expect } from "chai";

import {
  DEFAULT_PARAMETERS,
  InvalidParametersError,
  parseUpgradeParameters,
} from "../../../harness/deployments/upgradeParameters.ts";
import { thrown } from "../../support/rejection.ts";

const TERMS = { firstBps: 1_000, submitterBps: 5_000, burnBps: 2_500, windowSeconds: 24, crossEpoch: false };
const PENALTIES = {
  windowSlots: 4_096,
  strikeWeights: { late: 1, missed: 2 },
  slashPath: "empireRound",
  slashTerms: { threshold: 8, lifetimeSlots: 8_192, amountPerWeight: "1000000000000000000" },
};

describe("The parameters of an upgrade", () => {
  it("are all optional: without any, the window is closed and all else is the canonical rollup's", () => {
    expect(parseUpgradeParameters({})).to.deep.equal(DEFAULT_PARAMETERS);
  });

  it("are read from a reviewed file", () => {
    const verifier = "0xAe2001f7e21d5EcABf6234E9FDd1E76F50F74962";
    const json = { terms: TERMS, inboxLag: 3, verifier, escapeHatch: "none", penalties: PENALTIES };
    expect(parseUpgradeParameters(json)).to.deep.equal({
      terms: TERMS,
      inboxLag: 3n,
      verifier,
      escapeHatch: "none",
      penalties: {
        ...PENALTIES,
        windowSlots: 4_096n,
        slashTerms: { ...PENALTIES.slashTerms, amountPerWeight: 10n ** 18n },
      },
    });
  });

  const wrong: readonly [what: unknown, message: string][] = [
    [[], "The parameter file must be an object"],
    [{ term: TERMS }, "The parameter term must be one of terms, inboxLag, verifier, escapeHatch, penalties"],
    [{ terms: { ...TERMS, burnBps: 5_001 } }, "The parameter terms.burnBps must be at most 5000 beside terms.submitterBps"],
    [{ terms: { ...TERMS, firstBps: 5_001 } }, "The parameter terms.firstBps must be at most terms.submitterBps, 5000"],
    [{ terms: { ...TERMS, firstBps: 0.5 } }, "The parameter terms.firstBps must be a whole number from 0 to 10000"],
    [{ terms: { ...TERMS, windowSeconds: "24" } }, "The parameter terms.windowSeconds must be a whole number from 0 to"],
    [{ terms: { ...TERMS, crossEpoch: 0 } }, "The parameter terms.crossEpoch must be true or false"],
    [{ inboxLag: 1 }, "The parameter inboxLag must be a whole number from 2 to 64"],
    [{ verifier: "0x00" }, 'The parameter verifier must be "canonical", "mock" or an address'],
    [{ verifier: "0xae2001f7e21d5EcABf6234E9FDd1E76F50F74962" }, "The parameter verifier must be"],
    [{ escapeHatch: true }, 'The parameter escapeHatch must be "recreate" or "none"'],
    [{ penalties: { ...PENALTIES, slashPath: 1 } }, "The parameter penalties.slashPath must be governance or empireRound"],
    [{ penalties: { ...PENALTIES, strikeWeights: {} } }, "The parameter penalties.strikeWeights.late must be a whole"],
    [
      { penalties: { ...PENALTIES, slashTerms: { ...PENALTIES.slashTerms, lifetimeSlots: 4_095 } } },
      "The parameter penalties.slashTerms.lifetimeSlots must be at least penalties.windowSlots, 4096",
    ],
    [
      { penalties: { ...PENALTIES, slashTerms: { ...PENALTIES.slashTerms, amountPerWeight: 1 } } },
      "The parameter penalties.slashTerms.amountPerWeight must be a whole number in quotes",
    ],
  ];
  for (const [json, message] of wrong) {
    it(`are refused in one line: ${JSON.stringify(json).slice(0, 60)}`, () => {
      const error = thrown(() => parseUpgradeParameters(json), InvalidParametersError);
      expect(error.message).to.contain(message);
      expect(error.message).not.to.contain("\n");
    });
  }
});
