import { expect } from "chai";

import { InvalidStormError, parseStormRequest } from "../../../harness/stage/stormOptions.ts";

const REQUEST = { seed: "storm", runs: 30, only: "", ledger: "chain", workers: 0 };

describe("Options of storms", () => {
  it("take what is asked for", () => {
    for (const asked of [{}, { ledger: "model", workers: 3 }, { only: "a/b/7" }]) {
      const request = { ...REQUEST, ...asked };
      expect(parseStormRequest(request)).to.deep.equal(request);
    }
  });

  it("refuse what cannot be used, in one line", () => {
    for (const [bad, line] of [
      [{ seed: "" }, '--seed "": expected at least one character'],
      [{ runs: 0 }, "--runs 0: expected a whole number from 1 to 1000000"],
      [{ runs: Number.NaN }, "--runs NaN: expected a whole number from 1 to 1000000"],
      [{ only: "storm" }, "--only storm: expected a storm's whole seed, such as storm/7"],
      [{ only: "storm/x" }, "--only storm/x: expected a storm's whole seed, such as storm/7"],
      [{ only: "/7" }, "--only /7: expected a storm's whole seed, such as storm/7"],
      [{ ledger: "paper" }, "--ledger paper: expected chain or model"],
      [{ workers: -1 }, "--workers -1: expected a whole number from 0 to 256"],
    ] as const) {
      const refused = () => parseStormRequest({ ...REQUEST, ...bad });
      expect(refused, line).to.throw(InvalidStormError, line);
    }
  });
});
