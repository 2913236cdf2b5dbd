import { expect } from "chai";

import {
  DEFAULT_REQUEST,
  findVariations,
  InvalidCheckError,
  parseRequest,
} from "../../../../harness/differential/ledger/ledgerCheckOptions.ts";

describe("options of the ledger check", () => {
  it("take what is asked for, and name what is not the default", () => {
    expect(parseRequest(DEFAULT_REQUEST)).to.deep.equal(DEFAULT_REQUEST);
    expect(findVariations(DEFAULT_REQUEST)).to.deep.equal([]);
    expect(findVariations({ seed: "x", slots: 40, run: 3 })).to.deep.equal(["seed-x", "slots-40", "run-3"]);
  });

  for (const [name, values] of [
    ["seed", [""]],
    ["slots", [0, -1, 1.5, Number.NaN, 2_000_000]],
    ["run", [-2, 0.5]],
  ] as const) {
    it(`refuse a ${name} that cannot be used, in one line`, () => {
      for (const value of values) {
        const refused = () => parseRequest({ ...DEFAULT_REQUEST, [name]: value });
        expect(refused, String(value)).to.throw(InvalidCheckError, new RegExp(`^--${name} [^\\n]*$`));
      }
    });
  }
});
