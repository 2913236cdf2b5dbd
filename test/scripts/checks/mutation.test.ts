import { existsSync, globSync } from "node:fs";
import path from "node:path";

import { expect } from "chai";

import { applyMutant, findMutants, type Mutant } from "../../../scripts/checks/mutation/findMutants.ts";
import type { MutantResult } from "../../../scripts/checks/mutation/mutationReport.ts";
import { renderMutation } from "../../../scripts/checks/mutation/renderMutation.ts";
import { shuffle } from "../../../scripts/checks/mutation/shuffle.ts";
import { testPlans } from "../../../scripts/checks/mutation/testPlan.ts";
import { parseSolidity } from "../../support/parseSolidity.ts";

/** A contract with one function; the body begins on line 5. */
const contractOf = (body: string): string =>
  [
    "// SPDX-License-Identifier: UNLICENSED",
    "pragma solidity 0.8.30;",
    "contract Sample { error Refused(uint256 value); event Done(); uint256 internal total;",
    "function work(uint256 a, uint256 b, bool c) external returns (uint256 result) {",
    body,
    "}}",
  ].join("\n");

function mutantsOf(body: string): Mutant[] {
  const source = contractOf(body);
  return findMutants("Sample.sol", Buffer.from(source), parseSolidity(source));
}

const changesOf = (body: string): string[] =>
  mutantsOf(body).map(({ operator, original, replacement }) => `${operator}: ${original} -> ${replacement}`);

describe("Mutants", () => {
  it("move each comparison by one, and negate those that are conditions and no equality", () => {
    expect(changesOf("if (a < b) result = a; if (a == b) result = b;")).to.deep.equal([
      "negate-condition: a < b -> !(a < b)",
      "flip-comparison: a < b -> a <= b",
      "remove-statement: result = a; -> {}",
      "flip-comparison: a == b -> a != b",
      "remove-statement: result = b; -> {}",
    ]);
  });

  it("drop whole checks: a require, and an if that only leaves", () => {
    const dropped = changesOf("require(c, Refused(a)); if (c) revert Refused(b); if (c) { return a; }").filter(
      (change) => change.startsWith("drop-check"),
    );
    expect(dropped).to.deep.equal([
      "drop-check: require(c, Refused(a)); -> {}",
      "drop-check: if (c) revert Refused(b); -> {}",
      "drop-check: if (c) { return a; } -> {}",
    ]);
  });

  it("swap the operands of minus and division, parentheses or not, and exchange and with or", () => {
    expect(changesOf("result = (a + b) - b / a; c = c && a > b;")).to.include.members([
      "swap-operands: (a + b) - b / a -> (b / a) - ((a + b))",
      "swap-operands: b / a -> (a) / (b)",
      "swap-logical: c && a > b -> c || a > b",
    ]);
  });

  it("change numbers by one and to zero, keep the width of hexadecimal words, and turn truth around", () => {
    const changes = changesOf(
      "result = 1_000; c = true; bytes32 word = 0x00000000000000000000000000000000000000000000000000000000000000ff;",
    );
    expect(changes.filter((change) => change.startsWith("change-constant"))).to.deep.equal([
      "change-constant: 1_000 -> 1001",
      "change-constant: 1_000 -> 0",
      "change-constant: true -> false",
      `change-constant: 0x${"00".repeat(31)}ff -> 0x${"00".repeat(30)}0100`,
    ]);
  });

  it("leave a loop its step, without which it would not end", () => {
    const changes = changesOf("for (uint256 i; i < a; ++i) total += i;");
    expect(changes).to.deep.equal(["flip-comparison: i < a -> i <= a", "remove-statement: total += i; -> {}"]);
  });

  it("reach into assembly: comparisons, differences, numbers, conditions and statements, but no loop's step", () => {
    const changes = changesOf(
      "assembly { for {} lt(a, b) { a := add(a, 1) } { if gt(a, 2) { result := sub(b, a) } mstore(a, eq(b, a)) } }",
    );
    expect(changes).to.deep.equal([
      "flip-comparison: lt(a, b) -> iszero(gt(a, b))",
      "negate-condition: gt(a, 2) -> iszero(gt(a, 2))",
      "flip-comparison: gt(a, 2) -> iszero(lt(a, 2))",
      "change-constant: 2 -> 0x3",
      "remove-statement: result := sub(b, a) -> {}",
      "swap-operands: sub(b, a) -> sub(a, b)",
      "remove-statement: mstore(a, eq(b, a)) -> {}",
      "flip-comparison: eq(b, a) -> iszero(eq(b, a))",
    ]);
  });

  it("stand where they say, have names of their own, and are programs after the change", () => {
    const body =
      "require(a < b && c, Refused(1));\n  /* ü: bytes are no characters */ total -= a - b; emit Done();\n  if (a != 0) return b;" +
      " assembly { if slt(a, 0x1f) { result := sub(b, a) } switch eq(a, b) case 0 { mstore(a, 1) } }";
    const source = Buffer.from(contractOf(body));
    const mutants = mutantsOf(body);
    expect(new Set(mutants.map(({ id }) => id)).size, "names").to.equal(mutants.length);
    for (const mutant of mutants) {
      expect(source.subarray(mutant.start, mutant.end).toString(), mutant.id).to.equal(mutant.original);
      expect(mutant.scope, mutant.id).to.equal("Sample.work");
      const mutated = applyMutant(source, mutant);
      expect(mutated, mutant.id).not.to.equal(source.toString());
      expect(() => parseSolidity(mutated), mutant.id).not.to.throw();
    }
    expect(
      mutants.map(({ line }) => line),
      "lines",
    ).to.include.members([5, 6, 7]);
  });

  it("are drawn by the seed alone", () => {
    const mutants = mutantsOf("require(a < b && c, Refused(1)); total -= a - b;");
    const drawn = shuffle(mutants, "one").map(({ id }) => id);
    expect(shuffle([...mutants].reverse(), "one").map(({ id }) => id)).to.deep.equal(drawn);
    expect(shuffle(mutants, "two").map(({ id }) => id)).not.to.deep.equal(drawn);
    expect([...drawn].sort()).to.deep.equal(mutants.map(({ id }) => id).sort());
  });
});

describe("The plans of mutation testing", () => {
  it("name every contract file of ours that has code, and tests and sources that exist", () => {
    const root = path.resolve(import.meta.dirname, "../../..");
    const withCode = globSync("contracts/**/*.sol", { cwd: root })
      .filter((file) => !/^contracts\/(interfaces|test)\//.test(file))
      .sort();
    expect(testPlans.map(({ file }) => file).sort()).to.deep.equal(withCode);
    for (const { file, solidity, mocha, deployed } of testPlans) {
      expect(solidity.length + mocha.length, file).to.be.greaterThan(0);
      for (const named of [...solidity, ...mocha, ...deployed])
        expect(existsSync(path.join(root, named)), named).to.equal(true);
    }
  });
});

describe("The mutation report", () => {
  const [first, second, third] = mutantsOf("require(a < b && c, Refused(1));") as [Mutant, Mutant, Mutant];

  it("counts what does not compile neither way, and shows each survivor with its reason", () => {
    const results: MutantResult[] = [
      { ...first, status: "killed", by: "a test", seconds: 1 },
      { ...second, status: "not-viable", reason: "type", seconds: 1 },
      { ...third, status: "survived", seconds: 1 },
    ];
    const report = {
      seed: "seed",
      commit: "0123456789abcdef",
      files: [{ file: "Sample.sol", sha256: "", mutants: 7 }],
      results,
    };
    const text = renderMutation(report, { [third.id]: "It changes nothing." });
    expect(text).to.include("7 mutants exist in 1 files. 3 were run");
    expect(text).to.include("**Score: 50.0 %**");
    expect(text).to.include("It changes nothing.");
    expect(text).to.include("commit `0123456789ab`. They have not changed since.");
    expect(renderMutation(report, {}, ["Sample.sol"])).to.match(/have changed.*`Sample.sol`[^]*No reason given yet\./);
  });
});
