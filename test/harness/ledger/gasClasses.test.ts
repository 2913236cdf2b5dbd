import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { expect } from "chai";

import { GasEvidenceError, readGasOfClass } from "../../../harness/ledger/gasClasses.ts";

describe("gas of a class", () => {
  it("is what was measured for the committee nearest in size", () => {
    const [small, large] = [readGasOfClass(5), readGasOfClass(48)];
    expect(readGasOfClass(40)).to.deep.equal(large);
    expect(small["propose.onTime"]).to.be.lessThan(large["propose.onTime"]);
    expect(large["propose.onTime"]).to.be.lessThan(large["propose.late"]);
    expect(large["propose.late"]).to.be.lessThan(large["propose.firstOfEpoch"]);
    expect(large.prove).to.be.lessThan(large["prove.late"]);
  });

  it("cannot be told without the evidence", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "gas-"));
    const file = path.join(folder, "gas.json");
    expect(() => readGasOfClass(48, pathToFileURL(file))).to.throw(GasEvidenceError, "no gas evidence");
    await writeFile(file, '{ "records": [] }');
    expect(() => readGasOfClass(48, pathToFileURL(file))).to.throw(GasEvidenceError, "lacks a row");
  });
});
