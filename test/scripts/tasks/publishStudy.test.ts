import { existsSync } from "node:fs";
import path from "node:path";

import { expect } from "chai";
import hre from "hardhat";

describe("npx hardhat publish-study", () => {
  let restoreConsole: () => void;
  let printed: string[];

  beforeEach(() => {
    printed = [];
    const { log, error } = console;
    console.log = console.error = (words: string) => printed.push(words);
    restoreConsole = () => Object.assign(console, { log, error });
  });

  afterEach(() => {
    restoreConsole();
    process.exitCode = undefined;
  });

  it("refuses in one line what cannot be, and writes nothing", async () => {
    const out = path.join("tmp", `publish-study-test-${process.pid}`);
    const cases: readonly [object, RegExp][] = [
      [{ slots: -5, out }, /^--slots -5: expected a whole number from 8, one for each run, to 1000000$/],
      [{ seed: "", quick: true, out }, /^--seed "": expected at least one character$/],
      [{ out: "package.json/study" }, /^The evidence folder package.json\/study cannot be written: name another one/],
    ];
    for (const [options, message] of cases) {
      printed.length = 0;
      process.exitCode = undefined;
      await hre.tasks.getTask("publish-study").run({ ...options });
      expect(printed.join("\n")).to.match(message);
      expect(process.exitCode).to.equal(1);
    }
    expect(existsSync(out)).to.equal(false);
  });
});
