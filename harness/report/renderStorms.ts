import type { StormReport } from "../stage/stormReport.ts";
import { renderMarkdown, type Block } from "./document.ts";

/** Storms on one ledger. */
export interface StormRecord {
  /** The last commit that changed contracts or harness when they were run. */
  readonly commit: string;
  readonly seed: string;
  readonly report: StormReport;
}

/** `evidence/storms.json` */
export type StormEvidence = Readonly<Partial<Record<"model" | "chain", StormRecord>>>;

const NAMES = { chain: "contracts", model: "model" } as const;
const ROWS = [
  ["runs", "runs"],
  ["slots", "slots"],
  ["onTime", "landed on time"],
  ["late", "landed late"],
  ["lost", "lost"],
  ["displaced", "displaced"],
  ["refused", "transactions refused"],
  ["proofs", "epoch proofs"],
  ["provenAgain", "runs with an epoch due for its proof after the calm"],
] as const;

const count = (value: number) => value.toLocaleString("en-US");

/** `evidence/storms.md` */
export function renderStorms(evidence: StormEvidence): string {
  const ledgers = (["chain", "model"] as const).flatMap((ledger) => {
    const record = evidence[ledger];
    return record === undefined ? [] : [{ name: NAMES[ledger], ledger, ...record }];
  });
  const table = (what: string, rows: readonly (readonly string[])[]): Block => ({
    kind: "table",
    columns: [[what, "left"], ...ledgers.map(({ name }) => [name, "right"] as const)],
    rows,
  });
  const seenIn = (report: StormReport, seen: { readonly count: number; readonly runs: number } | undefined) =>
    seen === undefined || seen.count === 0
      ? "0"
      : `${count(seen.count)} in ${count(seen.runs)} runs (${((100 * seen.runs) / report.runs).toFixed(1)} %)`;
  const namesOf = (part: "faults" | "events") => [
    ...new Set(ledgers.flatMap(({ report }) => Object.keys(report[part]))),
  ];
  const seenTable = (what: string, part: "faults" | "events", names: readonly string[]) =>
    table(
      what,
      names.map((name) => [
        name,
        ...ledgers.map(({ report }) => seenIn(report, (report[part] as StormReport["events"])[name])),
      ]),
    );
  return renderMarkdown([
    { kind: "heading", level: 1, text: "Storms" },
    {
      kind: "text",
      text: "Written by `npx hardhat storm --record`. A storm's seed draws which faults there are and how strong; after every event the invariants are checked; when the weather has ended a checkpoint has to land in every slot again, two slots later, and every epoch has to be proven for whose proof there was time. What `docs/harness.md` says about them holds here.",
    },
    {
      kind: "list",
      items: ledgers.map(({ ledger, seed, commit, report }) => {
        const failed = report.failures.map((failure) => `\`${failure.seed}\``);
        const end = failed.length === 0 ? "none failed" : `failed: ${failed.join(", ")}`;
        return `On the ${NAMES[ledger]}: ${count(report.runs)} storms of seed \`${seed}\`, ${end}. At commit \`${commit.slice(0, 12)}\`.`;
      }),
    },
    table(
      "in all",
      ROWS.map(([key, name]) => [name, ...ledgers.map(({ report }) => count(report[key]))]),
    ),
    { kind: "heading", level: 2, text: "What was wrong" },
    seenTable("fault", "faults", namesOf("faults")),
    { kind: "heading", level: 2, text: "What came of it" },
    seenTable("event", "events", namesOf("events").sort()),
  ]);
}
