import { markdownTable } from "../../../harness/report/markdownTable.ts";
import { MUTATION_OPERATORS } from "./findMutants.ts";
import type { MutantResult, MutationReport } from "./mutationReport.ts";

/** How many mutants came to which end. Those that do not compile count neither way; an endless one counts as killed. */
export interface MutationScore {
  readonly run: number;
  readonly notViable: number;
  readonly killed: number;
  readonly survived: number;
}

function scoreOf(results: readonly MutantResult[]): MutationScore {
  const count = (...statuses: readonly string[]): number =>
    results.filter(({ status }) => statuses.includes(status)).length;
  return {
    run: results.length,
    notViable: count("not-viable"),
    killed: count("killed", "timed-out"),
    survived: count("survived"),
  };
}

const COLUMNS = [
  ["run", "right"],
  ["not viable", "right"],
  ["killed", "right"],
  ["survived", "right"],
  ["score", "right"],
] as const;

const cellsOf = ({ run, notViable, killed, survived }: MutationScore): string[] => [
  ...[run, notViable, killed, survived].map(String),
  killed + survived === 0 ? "-" : `${((100 * killed) / (killed + survived)).toFixed(1)} %`,
];

/**
 * The report for readers.
 * @param reasons Why a survivor is harmless or what was done about it, by the mutant's id
 * @param outdated Files whose source is no longer the one that was mutated
 */
export function renderMutation(
  report: MutationReport,
  reasons: Readonly<Record<string, string>>,
  outdated: readonly string[] = [],
): string {
  const { files, results, seed, commit } = report;
  const total = scoreOf(results);
  const exist = files.reduce((sum, { mutants }) => sum + mutants, 0);
  const survivors = results.filter(({ status }) => status === "survived");
  const explained = survivors.filter(({ id }) => reasons[id] !== undefined);
  const untouched = files.filter(({ file }) => !results.some((result) => result.file === file));
  const timedOut = results.filter(({ status }) => status === "timed-out").length;

  return `${[
    "# Mutation testing",
    "Written by `npm run mutate`; the full list is in `mutation.json`. A mutant is the contracts' source with one place " +
      "changed. It is killed when a test fails, and survives when all tests of its file's plan " +
      "(`scripts/checks/mutation/testPlan.ts`) pass. Solidity tests are compiled without the optimiser here, which is " +
      "faster and changes no outcome; contracts that go on a chain are compiled as always.",
    `${exist} mutants exist in ${files.length} files. ${total.run} were run, chosen by the seed \`${seed}\`: ` +
      `${total.notViable} of them do not compile, ${total.killed} were killed (${timedOut} of these because they did ` +
      `not end in time), ${total.survived} survived. **Score: ${cellsOf(total).at(-1)}** of those that compile.`,
    `The sources are those of commit \`${commit.slice(0, 12)}\`. ${
      outdated.length === 0
        ? "They have not changed since."
        : `Since then these have changed, and a later run would judge them anew: ${outdated
            .map((file) => `\`${file}\``)
            .join(", ")}.`
    }`,
    "A run may be cut, and the mutant that was being judged then does not count, which favours those that die quickly. " +
      (untouched.length === 0
        ? "Of every file some were run to their end."
        : `Of ${untouched.map(({ file }) => `\`${file}\``).join(", ")} none was run to its end.`),
    "## By file",
    markdownTable(
      [["file", "left"], ["exist", "right"], ...COLUMNS],
      files.map(({ file, mutants }) => [
        `\`${file}\``,
        String(mutants),
        ...cellsOf(scoreOf(results.filter((result) => result.file === file))),
      ]),
    ),
    "## By operator",
    markdownTable(
      [["operator", "left"], ...COLUMNS],
      MUTATION_OPERATORS.map((operator) => [
        operator,
        ...cellsOf(scoreOf(results.filter((result) => result.operator === operator))),
      ]),
    ),
    "## Survivors",
    survivors.length === 0 ? "None." : `${survivors.length}, of which ${explained.length} have a reason below.`,
    ...survivors.map(
      (mutant) =>
        `* \`${mutant.file}:${mutant.line}\` (${mutant.scope}), ${mutant.operator}: ${code(mutant.original)} → ` +
        `${code(mutant.replacement)}. ${reasons[mutant.id] ?? "No reason given yet."}`,
    ),
  ].join("\n\n")}\n`;
}

/** Source on one line, between backticks. */
function code(source: string): string {
  const line = source.replace(/\s+/g, " ");
  return `\`${line.length > 90 ? `${line.slice(0, 87)}...` : line}\``;
}
