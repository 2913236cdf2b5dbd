import type { ForkReport, PayloadReport } from "../rehearsal/fork/forkReport.ts";
import { renderMarkdown, renderPage, type Block } from "./document.ts";

const gas = (value: number) => value.toLocaleString("en-US");
const code = (text: string) => `\`${text}\``;
const heading = (level: 1 | 2 | 3, text: string): Block => ({ kind: "heading", level, text });
const text = (words: string): Block => ({ kind: "text", text: words });

/** `evidence/rehearsal-<network>.md` */
export function renderFork(report: ForkReport): string {
  return renderMarkdown(describeFork(report));
}

/** `evidence/rehearsal-<network>.html` */
export function renderForkPage(report: ForkReport): string {
  return renderPage(titleOf(report), describeFork(report));
}

/** What the terminal shows at the end. */
export function renderForkSummary(report: ForkReport): string {
  return summaryOf(report)
    .map((line) => line.replaceAll(/[`*]/g, ""))
    .join("\n");
}

const titleOf = ({ network }: ForkReport) => `Rehearsal of the upgrade: ${network}`;

function describeFork(report: ForkReport): readonly Block[] {
  return [
    heading(1, titleOf(report)),
    ...report.warnings.map((warning): Block => ({ kind: "warning", text: warning })),
    { kind: "list", items: summaryOf(report) },
    text(
      `Written by ${code("npx hardhat rehearse --fork")} on a fork of chain ${report.source.chainId} at block ${report.source.blockNumber} ` +
        `(${code(report.source.blockHash)}), hardfork ${report.hardfork}, seed ${code(report.seed)}. Registry ${code(report.contracts["registry"] ?? "")}.`,
    ),
    heading(2, "What differs"),
    text(
      "The canonical rollup beside the one that is to follow it. What differs has its reason; what has none fails the rehearsal. Four things " +
        "have no getter and were read from their words of storage: `genesis.vkTreeRoot`, `genesis.protocolContractsHash`, `verifier` and " +
        "`config.stakingQueueConfig`.",
    ),
    comparisonTable(report, false),
    heading(3, "What does not"),
    comparisonTable(report, true),
    heading(2, "Through governance"),
    ...report.payloads.flatMap(describePayload),
    heading(2, "On the other side"),
    checkTable(report),
    heading(2, "The same before and after"),
    text(
      "The same scenarios on the old rollup and on the new one while its window is closed. Gas depends on what was written before: a new " +
        "rollup writes every place of its rings for the first time, the old one mostly over what is there. `evidence/gas.md` compares like with like.",
    ),
    comparedTable(report),
    heading(2, "Every step"),
    ...stepTables(report),
    heading(2, "Gas against EIP-7825"),
    text(
      `Every transaction of the rehearsal by kind, with the gas of the dearest, under the rules of ${report.hardfork}. A transaction may ask for ` +
        `${gas(report.gasCap)} at most.`,
    ),
    gasTable(report),
    heading(2, "What was overridden"),
    text(
      "Everything else was an ordinary transaction. The rehearsal also makes the blocks, and so their base fee and prevrandao.",
    ),
    overrideTable(report),
    heading(2, "Open questions"),
    { kind: "list", items: report.openQuestions },
  ];
}

function summaryOf(report: ForkReport): readonly string[] {
  const { previous, next, payloads, checks, compared, comparison, transactions, overrides, source, gasCap } = report;
  const words = payloads.reduce((sum, payload) => sum + payload.words.length, 0);
  const different = compared.filter(({ same }) => !same).length;
  const dearest = Math.max(...transactions.map(({ gasUsed }) => gasUsed));
  const late = report.steps.filter(({ id }) => /^late\.late\..+\.land$/.test(id)).length;
  return [
    `**Goes through.** ${code(next.rollup)} (version ${next.version}) took the place of ${code(previous.rollup)} (version ${previous.version}).`,
    `${comparison.filter(({ same }) => !same).length} differences, each of them meant; ${comparison.filter(({ same }) => same).length} things compared and found the same.`,
    `${payloads.length} payloads executed, ${words} words of storage written by them, all explained.`,
    `${checks.length} checks on the other side, ${checks.filter(({ passed }) => passed).length} passed.`,
    `${compared.length} steps on both rollups while the window is closed, ${different === 0 ? "none" : different} of which ended otherwise; ${late} late landings with the window open.`,
    `Dearest transaction: ${gas(dearest)} of ${gas(gasCap)} gas.`,
    `${source.answers} answers read from the source; ${overrides.length} overrides, listed below.`,
  ];
}

function comparisonTable({ comparison }: ForkReport, same: boolean): Block {
  const rows = comparison.filter((row) => row.same === same);
  return same
    ? {
        kind: "table",
        columns: [
          ["area", "left"],
          ["subject", "left"],
          ["both", "left"],
        ],
        rows: rows.map(({ area, subject, before }) => [area, code(subject), before]),
      }
    : {
        kind: "table",
        columns: [
          ["area", "left"],
          ["subject", "left"],
          ["old", "left"],
          ["new", "left"],
          ["why", "left"],
        ],
        rows: rows.map(({ area, subject, before, after, why = "" }) => [area, code(subject), before, after, why]),
      };
}

const PROPOSED: Readonly<Record<PayloadReport["path"], string>> = {
  signal: "signalled by proposers until a round had its quorum, voted on with the validators' stake",
  lock: "proposed with locked tokens, voted on with a deposit",
};

function describePayload({
  name,
  payload,
  path,
  proposalId,
  actions,
  days,
  executedBy,
  words,
}: PayloadReport): readonly Block[] {
  return [
    heading(3, name),
    text(
      `Payload ${code(payload)}, proposal ${proposalId}: ${PROPOSED[path]}, and executed ${days} days later by ${code(executedBy)}. It calls:`,
    ),
    { kind: "list", items: actions.map(code) },
    text("Every word of storage that the execution wrote:"),
    {
      kind: "table",
      columns: [
        ["contract", "left"],
        ["meaning", "left"],
        ["word", "left"],
        ["before", "left"],
        ["after", "left"],
      ],
      rows: words.map(({ contract, meaning, word, before, after }) => [
        contract,
        meaning,
        code(short(word)),
        code(trim(before)),
        code(trim(after)),
      ]),
    },
  ];
}

/** A position: enough of it to find it again in the JSON. */
const short = (word: string) => `${word.slice(0, 10)}…${word.slice(-8)}`;
/** A value without its leading zeros. */
const trim = (value: string) => value.replace(/^0x0+(?=.)/, "0x");

function checkTable({ checks }: ForkReport): Block {
  return {
    kind: "table",
    columns: [
      ["id", "left"],
      ["what", "left"],
      ["found", "left"],
      ["", "left"],
    ],
    rows: checks.map(({ id, what, expected, found, passed }) => [
      code(id),
      what,
      found,
      passed ? "as it must be" : `**NOT ${expected}**`,
    ]),
  };
}

function comparedTable({ compared }: ForkReport): Block {
  return {
    kind: "table",
    columns: [
      ["step", "left"],
      ["old", "left"],
      ["new", "left"],
      ["gas, old", "right"],
      ["gas, new", "right"],
      ["ratio", "right"],
    ],
    rows: compared.map(({ id, before, after, gasBefore, gasAfter }) => [
      code(id),
      before,
      after,
      gas(gasBefore),
      gas(gasAfter),
      (gasAfter / gasBefore).toFixed(3),
    ]),
  };
}

function stepTables({ steps }: ForkReport): readonly Block[] {
  const phases = [...new Set(steps.map(({ phase }) => phase))];
  return phases.flatMap((phase): readonly Block[] => [
    heading(3, phase),
    {
      kind: "table",
      columns: [
        ["id", "left"],
        ["step", "left"],
        ["outcome", "left"],
        ["gas", "right"],
      ],
      rows: steps
        .filter((step) => step.phase === phase)
        .map(({ id, name, transactions, outcome, revert, gasUsed }) => [
          code(id),
          transactions === 1 ? name : `${name} (${transactions} transactions)`,
          revert === undefined ? outcome : `${outcome}: ${code(revert.error)}`,
          gas(gasUsed),
        ]),
    },
  ]);
}

function gasTable({ transactions, gasCap }: ForkReport): Block {
  return {
    kind: "table",
    columns: [
      ["transaction", "left"],
      ["count", "right"],
      ["gas", "right"],
      ["of the cap", "right"],
    ],
    rows: transactions.map(({ kind, count, gasUsed }) => [
      kind,
      String(count),
      gas(gasUsed),
      `${((100 * gasUsed) / gasCap).toFixed(1)} %`,
    ]),
  };
}

/** Overrides for one reason that are of one kind stand in one row. */
function overrideTable({ overrides }: ForkReport): Block {
  const groups = new Map<string, { kind: string; reason: string; whats: string[] }>();
  for (const { kind, what, reason } of overrides) {
    const key = `${kind} ${reason}`;
    const group = groups.get(key) ?? { kind, reason, whats: [] };
    group.whats.push(what);
    groups.set(key, group);
  }
  return {
    kind: "table",
    columns: [
      ["kind", "left"],
      ["count", "right"],
      ["reason", "left"],
      ["first of them", "left"],
    ],
    rows: [...groups.values()].map(({ kind, reason, whats }) => [kind, String(whats.length), reason, whats[0] ?? ""]),
  };
}
