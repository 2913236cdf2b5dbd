import { expect } from "chai";

import { instrumentBranches } from "../../../scripts/checks/coverage/branches.ts";
import { fileCoverage, missId } from "../../../scripts/checks/coverage/coverageReport.ts";
import { mergeHits, readLcov } from "../../../scripts/checks/coverage/lcov.ts";
import { renderCoverage } from "../../../scripts/checks/coverage/renderCoverage.ts";
import { parseSolidity } from "../../support/parseSolidity.ts";

const SOURCE = [
  "// SPDX-License-Identifier: UNLICENSED",
  "pragma solidity 0.8.30;",
  "interface IOther { function ask() external; }",
  "contract Sample {",
  "  error Refused();",
  "  function work(uint256 a, bool c, IOther other) external returns (uint256 result) {",
  "    require(a > 1 && (c || a == 7 || a == 9), Refused());",
  "    if (c) result = a;",
  "    for (uint256 i = 0; i < a; ++i) result += c ? 1 : 2;",
  "    try other.ask() { result = 1; } catch { result = 2; }",
  "  }",
  "}",
].join("\n");

describe("Branches", () => {
  const { content, lastLine, branches } = instrumentBranches(Buffer.from(SOURCE), parseSolidity(SOURCE));
  const lines = content.split("\n");

  it("are the conditions and the operands that are no chains themselves", () => {
    expect(branches.map(({ kind, source, line }) => `${line} ${kind}: ${source}`)).to.have.members([
      "7 require: a > 1 && (c || a == 7 || a == 9)",
      "7 operand: a > 1",
      "7 operand: (c || a == 7 || a == 9)",
      "7 operand: c",
      "7 operand: a == 7",
      "7 operand: a == 9",
      "8 if: c",
      "9 loop: i < a",
      "9 ternary: c",
      "10 try: other.ask()",
    ]);
    expect(new Set(branches.map(({ scope }) => scope))).to.deep.equal(new Set(["Sample.work"]));
  });

  it("are wrapped where they stand: every other line stays as it was, and the whole compiles", () => {
    expect(() => parseSolidity(content)).not.to.throw();
    expect(lastLine).to.equal(12);
    expect(lines.slice(0, 6)).to.deep.equal(SOURCE.split("\n").slice(0, 6));
    expect(lines[7]).to.match(/^ {4}if \(branch\d+\(c\)\) result = a;$/);
    expect(lines[9]).to.match(/try other\.ask\(\) \{ branch(\d+)\(true\); result = 1; \} catch \{ branch\1\(false\);/);
  });

  it("have one generated statement for either outcome", () => {
    for (const { lineIfTrue, lineIfFalse } of branches) {
      expect([lines[lineIfTrue - 2], lines[lineIfTrue - 1]]).to.deep.equal(["if (_is) {", "_is;"]);
      expect([lines[lineIfFalse - 2], lines[lineIfFalse - 1]]).to.deep.equal(["} else {", "_is;"]);
    }
  });

  it("are missed by the way they never went, in any of the runs, and lines are those of the source", () => {
    const [first] = branches;
    if (first === undefined) throw new Error("There are branches.");
    const record = (hit: readonly number[]): string =>
      [
        "TN:",
        "SF:Sample.sol",
        ...[7, 8, ...branches.flatMap(({ lineIfTrue, lineIfFalse }) => [lineIfTrue, lineIfFalse])].map(
          (line) => `DA:${line},${hit.includes(line) ? 1 : 0}`,
        ),
        "end_of_record",
      ].join("\n");
    const all = branches.flatMap(({ lineIfTrue, lineIfFalse }) => [lineIfTrue, lineIfFalse]);
    const others = all.filter((line) => line !== first.lineIfTrue && line !== first.lineIfFalse);
    const hits = mergeHits([readLcov(record([7, ...others])), readLcov(record([first.lineIfTrue]))]);
    const coverage = fileCoverage("Sample.sol", { content, lastLine, branches }, hits);
    expect(coverage).to.deep.include({ lines: 2, missedLines: [8], outcomes: 20 });
    expect(coverage.missed.map(({ line, never }) => [line, never])).to.deep.equal([[first.line, false]]);

    const [miss] = coverage.missed;
    if (miss === undefined) throw new Error("There is a miss.");
    const text = renderCoverage(
      { commit: "0123456789abcdef", tests: [], files: [coverage] },
      { [missId(miss)]: "Cannot be." },
    );
    expect(text).to.include("**95.0 % of branch outcomes** (19 of 20)");
    expect(text).to.include("is never false. Cannot be.");
    expect(text).to.include("* `Sample.sol:8`. No reason given yet.");
  });
});
