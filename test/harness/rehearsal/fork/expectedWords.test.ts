import { expect } from "chai";
import type { Address } from "viem";

import type { StateDiff } from "../../../../harness/l1/stateDiff.ts";
import { explainDiff, UnexplainedWordError } from "../../../../harness/rehearsal/fork/expectedWords.ts";

const SENDER: Address = "0x00000000000000000000000000000000000000aa";
const REGISTRY: Address = "0x00000000000000000000000000000000000000bb";
const STRANGER: Address = "0x00000000000000000000000000000000000000cc";

const EXPECTED = [
  {
    contract: "Registry",
    address: REGISTRY,
    word: 2n,
    meaning: "one more version",
    after: (before: bigint) => before + 1n,
  },
];
const DIFF: StateDiff = { words: [{ address: REGISTRY, word: 2n, before: 1n, after: 2n }], accounts: [SENDER] };

describe("What a payload wrote", () => {
  const explain = (diff: Partial<StateDiff>) => () => explainDiff({ ...DIFF, ...diff }, EXPECTED, SENDER);

  it("is explained word for word", () => {
    const [word, ...others] = explainDiff(DIFF, EXPECTED, SENDER);
    expect(others).to.deep.equal([]);
    expect([word?.contract, word?.meaning, BigInt(word?.after ?? 0)]).to.deep.equal([
      "Registry",
      "one more version",
      2n,
    ]);
  });

  it("fails on a word that nobody expected, in this contract or in another", () => {
    for (const strange of [
      { address: REGISTRY, word: 3n, before: 0n, after: 1n },
      { address: STRANGER, word: 2n, before: 1n, after: 2n },
    ]) {
      expect(explain({ words: [...DIFF.words, strange] })).to.throw(UnexplainedWordError, /nobody can explain/);
    }
  });

  it("fails on another value than the one that was due", () => {
    const words = [{ address: REGISTRY, word: 2n, before: 1n, after: 3n }];
    expect(explain({ words })).to.throw(UnexplainedWordError, /nobody can explain/);
  });

  it("fails on a word that was left out", () => {
    expect(explain({ words: [] })).to.throw(UnexplainedWordError, /left out a word/);
  });

  it("fails on an account that was created or has sent something", () => {
    expect(explain({ accounts: [SENDER, STRANGER] })).to.throw(UnexplainedWordError, /created or moved an account/);
  });
});
