import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import { EvidenceUnreadableError, GasDriftError } from "../../../harness/bench/record/benchErrors.ts";
import { assertNoDrift, findDrift } from "../../../harness/bench/compareEvidence.ts";
import { readEvidence, type GasEvidence } from "../../../harness/bench/record/evidence.ts";
import { assertGasFilesMatch, writeGasFiles } from "../../../harness/report/gasFiles.ts";
import { rejection } from "../../support/rejection.ts";

const COMMITTED = path.resolve(import.meta.dirname, "../../../evidence");

describe("The committed gas evidence", () => {
  let evidence: GasEvidence;
  let folder: string;

  before(async () => {
    evidence = await readEvidence(path.join(COMMITTED, "gas.json"));
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "gas-evidence-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("has a report and charts that say what its figures say", () => assertGasFilesMatch(COMMITTED, evidence));

  it("is written the same twice, and a changed or missing file is noticed", async () => {
    await writeGasFiles(folder, evidence);
    await assertGasFilesMatch(folder, evidence);
    const report = path.join(folder, "gas.md");
    await writeFile(report, (await readFile(report, "utf8")).replace("gas", "GAS"));
    await rejection(assertGasFilesMatch(folder, evidence), GasDriftError);
    await rm(report);
    await rejection(assertGasFilesMatch(folder, evidence), EvidenceUnreadableError);
  });

  it("is refused when it is missing, no JSON, or something else", async () => {
    const file = path.join(folder, "gas.json");
    await rejection(readEvidence(file), EvidenceUnreadableError);
    for (const content of [
      "",
      "{",
      "[]",
      "null",
      '{"format":2}',
      '{"format":2,"records":[{}],"floorDesigns":[],"storage":[]}',
      `{"format":1,"records":[],"floorDesigns":[],"storage":[]}`,
    ]) {
      await writeFile(file, content);
      await rejection(readEvidence(file), EvidenceUnreadableError);
    }
  });

  it("tells every row by an id of words, ending in committee and hard fork", () => {
    const rows = [...evidence.records, ...evidence.floorDesigns, ...evidence.storage];
    const ids = rows.map(({ id }) => id);
    expect(new Set(ids).size, "distinct ids").to.equal(ids.length);
    for (const { id, committee, hardfork } of rows) {
      expect(id).to.match(/^([a-z][A-Za-z0-9]*\.)+c\d+\.[a-z]+$/);
      expect(id.split(".").slice(-2)).to.deep.equal([`c${committee}`, hardfork]);
    }
  });

  it("shows that an on-time proposal costs no more than upstream's, for every committee, ring and fork", () => {
    const rows = evidence.records.filter((record) => record.id.startsWith("propose."));
    expect(rows.length, "rows of on-time proposals").to.be.greaterThan(10);
    for (const row of rows) {
      expect(row.ratio, row.id).to.be.a("number");
      expect(row.ratio, row.id).to.be.at.most(1);
    }
  });

  it("satisfies the rule of gas in every row of a single transaction", () => {
    for (const row of evidence.records.filter(({ samples }) => samples === undefined)) {
      expect(row.gasUsed, row.id).to.equal(Math.max(row.intrinsic + row.execution, row.calldataFloor));
    }
  });
});

describe("Comparing figures", () => {
  const row = (id: string, gasUsed: number) => ({ id, gasUsed });

  it("finds one unit of gas, a new row and a lost field, and lets a part be measured", () => {
    const committed = [row("a", 1), row("b", 2)];
    expect(findDrift([row("a", 1)], committed), "a part that agrees").to.deep.equal([]);
    expect(findDrift([row("a", 2)], committed)).to.deep.equal([
      { row: "a", field: "gasUsed", committed: 1, measured: 2 },
    ]);
    expect(findDrift([row("c", 1)], committed), "a row that nobody committed").to.have.length(1);
    expect(findDrift([{ id: "a" }], committed as { id: string }[]), "a lost field").to.have.length(1);
  });

  it("fails with the figures in one line", () => {
    assertNoDrift([]);
    expect(() => assertNoDrift([{ row: "a", field: "gasUsed", committed: 1, measured: 2 }]))
      .to.throw(GasDriftError)
      .with.property("message")
      .that.includes("gasUsed 1 -> 2")
      .and.does.not.include("\n");
  });
});
