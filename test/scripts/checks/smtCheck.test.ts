import path from "node:path";

import { expect } from "chai";

import { smtCheck, type SmtReport } from "../../../scripts/checks/smtCheck.ts";
import { openSmtLib2Solver, type SmtLib2Solver } from "../../../scripts/checks/smtLib2Solver.ts";

const projectRoot = path.resolve(import.meta.dirname, "../../..");

const LICENSE = "// SPDX-License-Identifier: UNLICENSED";

describe("smtCheck", () => {
  let solver: SmtLib2Solver;

  before(async () => {
    solver = await openSmtLib2Solver();
  });

  after(async () => {
    await solver.close();
  });

  /** Checks one function of a contract; its body begins on line 5. */
  function check(body: string, declarations = ""): SmtReport {
    const content = [
      LICENSE,
      `pragma solidity 0.8.30; ${declarations}`,
      "contract Proof {",
      "function property(uint256 _share, uint256 _bps) external pure {",
      body,
      "}}",
    ].join("\n");
    return smtCheck({ sourceName: "Proof.sol", contractName: "Proof", content }, projectRoot, solver);
  }

  it("proves a true property and every operation on its way", () => {
    const { proved, problems } = check(
      "require(_bps <= 10_000 && _share < 2 ** 240); assert(_share * _bps / 10_000 <= _share);",
    );
    expect(problems).to.deep.equal([]);
    expect(proved.map(({ message }) => message)).to.have.members([
      "BMC: Assertion violation check is safe!",
      "BMC: Overflow (resulting value larger than 2**256 - 1) check is safe!",
      "BMC: Division by zero check is safe!",
    ]);
  });

  it("reports a false assertion with its place", () => {
    const { proved, problems } = check(
      "require(_bps <= 10_000 && _share < 2 ** 240);\n  assert(_share * _bps / 10_000 < _share);",
    );
    expect(proved.map(({ message }) => message).join()).not.to.contain("Assertion");
    expect(problems.map(({ functionName, location }) => `${functionName} ${location}`)).to.include(
      "Proof.property Proof.sol:6:3",
    );
    expect(problems[0]?.message).to.match(/^BMC: Assertion violation happens here/);
  });

  it("reports an overflow in a library that the property calls", () => {
    const { problems } = check(
      "assert(Split.double(_share) >= _bps || true);",
      "library Split { function double(uint256 x) internal pure returns (uint256) { return x * 2; } }",
    );
    expect(problems.map(({ functionName }) => functionName)).to.include("Split.double");
  });

  it("reports what the solver could not decide", () => {
    const undecided = { ...solver, solve: () => "unknown\n" };
    const harness = "contract Proof { function property(uint256 x) external pure { assert(x == x); } }";
    const content = `${LICENSE}\npragma solidity 0.8.30; ${harness}`;
    const { proved, problems } = smtCheck(
      { sourceName: "Proof.sol", contractName: "Proof", content },
      projectRoot,
      undecided,
    );
    expect(proved).to.deep.equal([]);
    expect(problems).not.to.deep.equal([]);
  });

  it("reports an assertion behind preconditions that nothing satisfies", () => {
    const { problems } = check("require(_bps < 10 && _bps > 20); assert(_share == 0);");
    expect(problems.map(({ message }) => message)).to.deep.equal(["The end cannot be reached, so nothing is proved."]);
  });

  it("reports a function that asserts nothing", () => {
    const { problems } = check("require(_bps <= _share);");
    expect(problems.map(({ message }) => message)).to.deep.equal(["Nothing is asserted."]);
  });

  it("refuses a loop, even one in a library, because a bounded check of it proves nothing", () => {
    const { problems } = check(
      "assert(Sum.upTo(_bps) <= _share || true);",
      "library Sum { function upTo(uint256 n) internal pure returns (uint256 s) { unchecked { for (uint256 i; i < n; ++i) s += i; } } }",
    );
    expect(problems.map(({ functionName, message }) => `${functionName}: ${message}`)).to.include(
      "Sum.upTo: ForStatement is beyond bounded model checking.",
    );
  });

  it("throws for a harness that does not compile", () => {
    expect(() => check("assert(undeclared);")).to.throw("Undeclared identifier");
  });
});
