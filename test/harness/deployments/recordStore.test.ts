import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";

import { expect } from "chai";

import type { DeploymentRecord } from "../../../harness/deployments/deploymentRecord.ts";
import { parseRecord, stringifyRecord } from "../../../harness/deployments/recordJson.ts";
import {
  InvalidRecordNameError,
  RecordLockedError,
  RecordStore,
  UnreadableRecordError,
} from "../../../harness/deployments/recordStore.ts";
import { makeRecordFolder } from "../../support/deploymentTarget.ts";
import { thrown } from "../../support/rejection.ts";

describe("The file of a record", () => {
  let folder: string;
  let remove: () => void;

  beforeEach(() => ({ folder, remove } = makeRecordFolder()));
  afterEach(() => remove());

  const record = { format: 1, name: "test", startBlock: 2n ** 70n, steps: [] } as unknown as DeploymentRecord;

  it("holds numbers of any size, and reads back as it was written", () => {
    const store = RecordStore.open(folder, "test");
    expect(store.read()).to.equal(undefined);
    store.write(record);
    expect(store.read()).to.deep.equal(record);
    expect(readFileSync(store.file, "utf8")).to.contain('"startBlock": "1180591620717411303424n"');
    expect(parseRecord(stringifyRecord({ text: "12", negative: -1n }))).to.deep.equal({ text: "12", negative: -1n });
  });

  it("is never half written, and nothing stays lying about", () => {
    const store = RecordStore.open(folder, "test");
    store.write(record);
    store.write({ ...record, name: "again" });
    store.release();
    expect(readdirSync(folder)).to.deep.equal(["test.json"]);
  });

  it("belongs to one run at a time", () => {
    const store = RecordStore.open(folder, "test");
    const error = thrown(() => RecordStore.open(folder, "test"), RecordLockedError);
    expect(error.fields).to.include({ pid: process.pid, host: hostname() });
    RecordStore.open(folder, "other").release();
    store.release();
    RecordStore.open(folder, "test").release();
  });

  it("is taken over from a run that died, and from no other machine's", () => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    const lock = path.join(folder, "test.lock");
    writeFileSync(lock, JSON.stringify({ pid: dead, host: hostname() }));
    const store = RecordStore.open(folder, "test");
    expect(JSON.parse(readFileSync(lock, "utf8"))).to.deep.equal({ pid: process.pid, host: hostname() });
    store.release();
    expect(existsSync(lock)).to.equal(false);
    expect(readdirSync(folder)).to.deep.equal([]);
    writeFileSync(lock, JSON.stringify({ pid: dead, host: "elsewhere" }));
    thrown(() => RecordStore.open(folder, "test"), RecordLockedError);
    writeFileSync(lock, "{");
    thrown(() => RecordStore.open(folder, "test"), RecordLockedError);
  });

  it("has a name that leads nowhere else", () => {
    for (const name of ["", "../mainnet", "a/b", ".hidden", "a b"]) {
      expect(thrown(() => RecordStore.open(folder, name), InvalidRecordNameError).fields).to.deep.equal({ name });
    }
  });

  it("is refused when it is no record", () => {
    for (const text of ["", "{", "{}", '{"format": 2}']) {
      writeFileSync(path.join(folder, "test.json"), text);
      const store = RecordStore.open(folder, "test");
      expect(thrown(() => store.read(), UnreadableRecordError).fields["file"]).to.equal(store.file);
      store.release();
    }
  });
});
