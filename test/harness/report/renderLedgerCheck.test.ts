import { readFile } from "node:fs/promises";

import { expect } from "chai";

import { assertNothingRare } from "../../../harness/differential/ledger/expectedOutcomes.ts";
import { ENOUGH_TO_JUDGE, LEAST_SEEN } from "../../../harness/differential/ledger/ledgerCheckOptions.ts";
import { renderLedgerCheck, type LedgerEvidence } from "../../../harness/report/renderLedgerCheck.ts";

describe("evidence of the ledger check", () => {
  it("is of enough slots, has seen everything, and reads as it counts", async () => {
    const evidence = JSON.parse(await readFile("evidence/ledger.json", "utf8")) as LedgerEvidence;
    expect(evidence.slots).to.be.at.least(ENOUGH_TO_JUDGE);
    assertNothingRare(evidence.outcomes, LEAST_SEEN);
    expect(renderLedgerCheck(evidence)).to.equal(await readFile("evidence/ledger.md", "utf8"));
  });
});
