import { readdir, readFile } from "node:fs/promises";

import { expect } from "chai";

import { readCommittedEvidence } from "./evidenceFigures.ts";
import { phrasesOf } from "./phrases.ts";
import { findMissing, findUnchecked, readProse } from "./prose.ts";

describe("Figures in README and docs", () => {
  let phrases: Awaited<ReturnType<typeof readPhrases>>;
  before(async () => {
    phrases = await readPhrases();
  });

  for (const file of ["README.md", "docs/differences.md", "docs/harness.md", "docs/security.md"]) {
    it(`are what the evidence gives: ${file}`, async () => {
      const prose = readProse(await readFile(file, "utf8"));
      expect(findMissing(prose, phrases[file] ?? [])).to.deep.equal([], "phrases that the document should contain");
      expect(findUnchecked(prose, phrases[file] ?? [])).to.deep.equal([], "numbers that nothing checks");
    });
  }

  it("are looked at in every document", async () => {
    const documents = (await readdir("docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`);
    expect(Object.keys(phrases).sort()).to.deep.equal(["README.md", ...documents].sort());
  });
});

describe("Prose", () => {
  const text =
    "Late costs **1.51** of on time, see EIP-7623.\n\n    npm ci 24\n\nA `word 32` of v4.1.2 in slot\nN+1: 43,971 gas.";

  it("has its numbers found, but for code, names and what a phrase holds", () => {
    const prose = readProse(text);
    expect(findUnchecked(prose, [])).to.have.lengthOf(2);
    expect(findUnchecked(prose, ["43,971 gas", "**1.51** of on time"])).to.deep.equal([]);
  });

  it("has phrases found across line breaks, and missed when a figure is stale", () => {
    const prose = readProse(text);
    expect(findMissing(prose, ["of on time, see", "in slot"])).to.deep.equal([]);
    expect(findMissing(prose, ["**1.52** of on time"])).to.deep.equal(["**1.52** of on time"]);
  });
});

async function readPhrases() {
  const hook = await readFile("contracts/penalties/LateSlashingHook.sol", "utf8");
  const { devDependencies } = JSON.parse(await readFile("package.json", "utf8")) as {
    devDependencies: Readonly<Record<string, string>>;
  };
  const maxBatch = Number(/MAX_BATCH = (\d+);/.exec(hook)?.[1]);
  return phrasesOf(await readCommittedEvidence(), maxBatch, devDependencies["@aztec/l1-artifacts"] ?? "none");
}
