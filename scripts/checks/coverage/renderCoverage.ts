import { markdownTable } from "../../../harness/report/markdownTable.ts";
import { missId, type CoverageReport } from "./coverageReport.ts";

const percent = (hit: number, all: number): string => (all === 0 ? "-" : `${((100 * hit) / all).toFixed(1)} %`);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/**
 * The report for readers.
 * @param reasons Why a branch is not reached, by {@link missId}; why a line is not, by `file:line`
 */
export function renderCoverage(
  { commit, tests, files }: CoverageReport,
  reasons: Readonly<Record<string, string>>,
): string {
  const rows = files.map(({ file, lines, missedLines, outcomes, missed }) => ({
    name: `\`${file}\``,
    lines,
    hitLines: lines - missedLines.length,
    outcomes,
    hitOutcomes: outcomes - missed.length,
  }));
  const total = {
    name: "all",
    lines: sum(rows.map(({ lines }) => lines)),
    hitLines: sum(rows.map(({ hitLines }) => hitLines)),
    outcomes: sum(rows.map(({ outcomes }) => outcomes)),
    hitOutcomes: sum(rows.map(({ hitOutcomes }) => hitOutcomes)),
  };
  const misses = files.flatMap(({ missed }) => missed);
  const missedLines = files.flatMap(({ file, missedLines }) => missedLines.map((line) => `${file}:${line}`));
  return `${[
    "# Coverage of the contracts",
    "Written by `npm run coverage`; the same as data is in `coverage.json`. A branch outcome is one way that a condition " +
      "can go: of `if`, `require`, ternary and loop, and of every operand of `&&` and `||`; of a `try`, success and " +
      "failure. Conditions are wrapped in generated functions with a statement for either outcome, and the statements " +
      "are counted by Hardhat's `--coverage` on that copy, so Solidity tests and tests against a chain count alike.",
    `**${percent(total.hitOutcomes, total.outcomes)} of branch outcomes** (${total.hitOutcomes} of ${total.outcomes}) ` +
      `and **${percent(total.hitLines, total.lines)} of lines** (${total.hitLines} of ${total.lines}) ran. ` +
      `The sources are those of commit \`${commit.slice(0, 12)}\`; interfaces and ` +
      "test contracts are left out.",
    markdownTable(
      [
        ["file", "left"],
        ["lines", "right"],
        ["of lines", "right"],
        ["outcomes", "right"],
        ["of outcomes", "right"],
      ],
      [...rows, total].map(({ name, lines, hitLines, outcomes, hitOutcomes }) => [
        name,
        `${hitLines}/${lines}`,
        percent(hitLines, lines),
        `${hitOutcomes}/${outcomes}`,
        percent(hitOutcomes, outcomes),
      ]),
    ),
    "## Outcomes that never came",
    misses.length === 0 ? "None." : "",
    ...misses.map(
      (miss) =>
        `* \`${miss.file}:${miss.line}\` (${miss.scope}), ${miss.kind} \`${miss.source.replace(/\s+/g, " ")}\` is never ` +
        `${miss.never}. ${reasons[missId(miss)] ?? "No reason given yet."}`,
    ),
    "## Lines that never ran",
    missedLines.length === 0 ? "None." : "",
    ...missedLines.map((line) => `* \`${line}\`. ${reasons[line] ?? "No reason given yet."}`),
    "## Tests",
    tests.map((test) => `* \`${test}\``).join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n")}\n`;
}
