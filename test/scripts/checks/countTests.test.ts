import { expect } from "chai";

import { countTests } from "../../../scripts/checks/countTests.ts";

/** What Hardhat and mocha print, with the parts that vary left open. */
function hardhatOutput({ mocha, summary }: { mocha: string[]; summary: string[] }): string {
  return [
    "Compiled 39 Solidity files with solc 0.8.30 (evm target: prague)",
    "",
    "Running Solidity tests",
    "",
    "  contracts/test/Window.t.sol:WindowTest",
    "    ✔ test_window()",
    "",
    "Running Mocha tests",
    "",
    ...mocha,
    "",
    "",
    ...summary,
    "",
  ].join("\n");
}

describe("countTests", () => {
  it("adds up Solidity and mocha tests", () => {
    const output = hardhatOutput({
      mocha: ["  suite", "    ✔ passes", "", "  12 passing (3s)"],
      summary: ["15 passing (3 solidity, 12 mocha)"],
    });
    expect(countTests(output)).to.deep.equal({ passed: 15, failed: 0, skipped: 0 });
  });

  it("counts failures of both kinds", () => {
    const output = hardhatOutput({
      mocha: ["  2 passing (7ms)", "  1 failing", "", "  1) suite", "       fails:"],
      summary: ["4 passing (2 solidity, 2 mocha)", "3 failing (2 solidity, 1 mocha)", "", "  1) ATest#test_b()"],
    });
    expect(countTests(output)).to.deep.equal({ passed: 4, failed: 3, skipped: 0 });
  });

  it("counts a skipped test as skipped, although Hardhat's summary has it among the passing", () => {
    const output = hardhatOutput({
      mocha: ["  2 passing (7ms)", "  1 pending"],
      summary: ["5 passing (2 solidity, 3 mocha)", "1 skipped (1 solidity)"],
    });
    expect(countTests(output)).to.deep.equal({ passed: 4, failed: 0, skipped: 2 });
  });

  it("does not believe a summary that a test printed", () => {
    const output = hardhatOutput({
      mocha: ["  90 passing (2s)", "", "95 passing (5 solidity, 90 mocha)", "    ✔ prints", "", "  1 passing (2m)"],
      summary: ["1 passing (1 mocha)"],
    });
    expect(countTests(output)).to.deep.equal({ passed: 1, failed: 0, skipped: 0 });
  });

  it("reads through colours", () => {
    const output = hardhatOutput({
      mocha: ["\u001b[92m \u001b[0m\u001b[32m 4 passing\u001b[0m\u001b[90m (2s)\u001b[0m"],
      summary: ["\u001b[32m6 passing\u001b[39m (2 solidity, 4 mocha)"],
    });
    expect(countTests(output)).to.deep.equal({ passed: 6, failed: 0, skipped: 0 });
  });

  it("counts zero tests as zero, not as a pass", () => {
    const output = hardhatOutput({ mocha: ["  0 passing (1ms)"], summary: ["1 failing (1 solidity)"] });
    expect(countTests(output)).to.deep.equal({ passed: 0, failed: 1, skipped: 0 });
  });

  it("refuses the output of a run that was cut off", () => {
    const whole = hardhatOutput({ mocha: ["  2 passing (7ms)"], summary: ["3 passing (1 solidity, 2 mocha)"] });
    const cutAt = (text: string): string => whole.slice(0, whole.indexOf(text));
    expect(() => countTests(cutAt("3 passing"))).to.throw("Hardhat's summary is missing.");
    expect(() => countTests(cutAt("  2 passing"))).to.throw("Mocha's epilogue is missing.");
    expect(() => countTests(cutAt("Running Mocha"))).to.throw("not that of a whole");
  });
});
