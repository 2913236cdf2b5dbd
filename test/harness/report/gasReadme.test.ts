import { readFile } from "node:fs/promises";
import path from "node:path";

import { expect } from "chai";

import { MAIN } from "../../../harness/bench/benchPlan.ts";
import { readEvidence, type GasEvidence } from "../../../harness/bench/evidence.ts";
import { makeId } from "../../../harness/bench/recordId.ts";
import { findRecord } from "../../../harness/report/findRecord.ts";
import { formatGas } from "../../../harness/report/gasTable.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");

describe("The README on gas", () => {
  let readme: string;
  let evidence: GasEvidence;
  const find = (...parts: readonly string[]) => findRecord(evidence.records, makeId(parts, MAIN));

  before(async () => {
    readme = (await readFile(path.join(ROOT, "README.md"), "utf8")).replace(/\s+/g, " ");
    evidence = await readEvidence(path.join(ROOT, "evidence/gas.json"));
  });

  it("says of landings and duplicates what the evidence says", () => {
    const onTime = find("propose", "rest", "epoch3", "ringWarm");
    const late = find("late", "alone", "recordReused", "ringWarm");
    const lateFirst = find("late", "alone", "ringWarm");
    const alone = find("duplicateOneBlockLater", "alone", "ringFresh");
    const bundled = find("duplicateOneBlockLater", "bundled", "ringFresh");
    const times = ({ gasUsed }: typeof late) => (gasUsed / onTime.gasUsed).toFixed(2);
    const saved = (bundled.upstreamGasUsed ?? 0) - bundled.gasUsed;
    for (const phrase of [
      `a committee of ${late.committee} and ${late.signatures} signatures: on time ${onTime.ratio?.toFixed(3)} of upstream's gas`,
      `late ${times(late)} of on time (${times(lateFirst)} the first time a place in the ring of records is written)`,
      `a lone duplicate ${formatGas(alone.gasUsed)}, the calldata floor`,
      `the early revert saves ${formatGas(saved)} gas`,
    ]) {
      expect(readme).to.include(phrase);
    }
  });

  it("bounds what proofs cost more than upstream's, and what late slots add to one", () => {
    const proofs = evidence.records.filter(({ id }) => id.startsWith("epochProof."));
    const more = proofs.map(({ gasUsed, upstreamGasUsed = 0 }) => gasUsed - upstreamGasUsed);
    expect(Math.max(...more), "without late slots").to.be.lessThan(3_000);
    const settled = (late: number) =>
      find("settlement", "checkpoints8", `late${late}`).gasUsed - find("settlement", "checkpoints8", "late0").gasUsed;
    expect(readme).to.include(
      "costs less than 3,000 more than upstream's, and each late slot that it settles at most 60,000",
    );
    expect(settled(1), "the first late slot").to.be.at.most(60_000);
    expect(settled(4), "four late slots").to.be.at.most(4 * 60_000);
  });
});
