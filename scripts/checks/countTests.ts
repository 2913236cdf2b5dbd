import { stripVTControlCharacters } from "node:util";

/** How many tests a run had, by outcome. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Counts the tests of one `hardhat test` from what its reporters printed.
 *
 * Hardhat's closing summary is the only one that counts Solidity tests of all files. For mocha it counts everything
 * that did not fail as passing, skipped tests included, so mocha's own epilogue is read instead. Both stand at the end
 * of their part of the output: lines of the same form that a test printed come earlier and are ignored.
 *
 * @param output What the command printed, colours and all
 * @throws Error if a part of the summaries is missing, as in the output of a run that was cut off
 */
export function countTests(output: string): TestCounts {
  const lines = stripVTControlCharacters(output).split(/\r?\n/);
  const mochaStart = lines.findLastIndex((line) => line === "Running Mocha tests");
  const solidityStart = lines.findLastIndex((line) => line === "Running Solidity tests");
  if (mochaStart < 0 || solidityStart < 0) throw new Error("The output is not that of a whole `hardhat test`.");

  const mocha = lines.slice(mochaStart);
  const epilogueStart = mocha.findLastIndex((line) => /^ {2}\d+ passing \(\d+(ms|s|m|h|d)\)$/.test(line));
  if (epilogueStart < 0) throw new Error("Mocha's epilogue is missing.");
  const epilogueEnd = mocha.indexOf("", epilogueStart);
  const epilogue = mocha.slice(epilogueStart, epilogueEnd).join("\n");

  const summary = mocha.slice(epilogueEnd).join("\n");
  const solidity = (outcome: string): number =>
    firstNumber(summary, new RegExp(`^\\d+ ${outcome} \\((?:.*, )?(\\d+) solidity[,)]`, "m"));
  if (!/^\d+ (passing|failing|skipped) \(.*\)$/m.test(summary)) throw new Error("Hardhat's summary is missing.");

  return {
    passed: solidity("passing") + firstNumber(epilogue, /(\d+) passing/),
    failed: solidity("failing") + firstNumber(epilogue, /(\d+) failing/),
    skipped: solidity("skipped") + firstNumber(epilogue, /(\d+) pending/),
  };
}

function firstNumber(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}
