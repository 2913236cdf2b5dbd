import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import { rejection } from "../../support/rejection.ts";
import {
  chooseEvidenceFolder,
  EvidenceFolderError,
  openEvidenceFolder,
} from "../../../scripts/tasks/evidenceFolder.ts";

describe("Evidence folder", () => {
  const task = "rehearsal";

  it("is the committed one for the default run only", () => {
    expect(chooseEvidenceFolder({ task, out: "", variations: [] })).to.equal("evidence");
    expect(chooseEvidenceFolder({ task, out: "", variations: ["seed-x", "slots-3"] })).to.equal(
      path.join("tmp", "rehearsal_seed-x_slots-3"),
    );
  });

  it("is the named one, whatever the run varies", () => {
    expect(chooseEvidenceFolder({ task, out: "evidence", variations: ["seed-x"] })).to.equal("evidence");
    expect(chooseEvidenceFolder({ task, out: "/elsewhere", variations: [] })).to.equal("/elsewhere");
  });

  it("stays inside the ignored folder, whatever a seed is called", () => {
    const folder = chooseEvidenceFolder({ task, out: "", variations: ["seed-../../evidence", "seed-a b/c"] });
    expect(folder).to.equal(path.join("tmp", "rehearsal_seed-..-..-evidence_seed-a-b-c"));
  });

  describe("on the disk", () => {
    let root: string;
    beforeEach(async () => {
      root = await mkdtemp(path.join(tmpdir(), "evidence-"));
    });
    afterEach(() => rm(root, { recursive: true }));

    it("is made where it does not exist yet", async () => {
      const folder = await openEvidenceFolder(root, "tmp/run");
      expect(folder).to.equal(path.join(root, "tmp/run"));
      expect((await stat(folder)).isDirectory()).to.equal(true);
    });

    it("that cannot be written is one line that says what helps", async () => {
      await writeFile(path.join(root, "taken"), "");
      const error = await rejection(openEvidenceFolder(root, "taken/run"), EvidenceFolderError);
      expect(error.message).to.equal(
        "The evidence folder taken/run cannot be written: name another one with --out (code=ENOTDIR)",
      );
      await rejection(openEvidenceFolder(root, "taken"), EvidenceFolderError);
    });

    it("is refused at once among the kernel's files, where nobody can write, and leaves nothing behind elsewhere", async () => {
      for (const folder of ["/proc/nowhere", "/proc/nowhere/run", "/proc/self"]) {
        await rejection(openEvidenceFolder(root, folder), EvidenceFolderError);
      }
      await openEvidenceFolder(root, ".");
      expect(await readdir(root)).to.deep.equal([]);
    });
  });
});
