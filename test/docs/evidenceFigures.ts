import { readFile } from "node:fs/promises";

import { MAIN } from "../../harness/bench/record/benchPlan.ts";
import type { BenchRecord } from "../../harness/bench/record/benchRecord.ts";
import { readEvidence } from "../../harness/bench/record/evidence.ts";
import { makeId } from "../../harness/bench/record/recordId.ts";
import type { RehearsalReport } from "../../harness/rehearsal/rehearsalReport.ts";
import { findRecord } from "../../harness/report/findRecord.ts";
import type { PublishStudyEvidence } from "../../harness/report/renderPublishStudy.ts";
import type { TimetableRecord } from "../../harness/scenarios/measureTimetable.ts";

/** Everything committed that a text can take its figures from. */
export interface Evidence {
  readonly rehearsal: RehearsalReport;
  readonly timetable: readonly TimetableRecord[];
  readonly gas: {
    /** A row with the main hard fork and committee, by the beginning of its id. */
    readonly row: (id: string) => BenchRecord;
    /** Rows of a case with the main hard fork and committee. */
    readonly rowsOf: (name: BenchRecord["case"]) => readonly BenchRecord[];
  };
  /** What a settlement adds to upstream's proof, by number of late slots from one on: gas. */
  readonly settlement: { readonly again: readonly number[]; readonly firstTime: readonly number[] };
  /** Limits, gas burned and gas left of a transaction that slips, by state and name. */
  readonly slip: Readonly<Record<string, number>>;
  /** Of the dearest bundle with a proposal, and of one blob's check: gas. */
  readonly publishing: Readonly<Record<string, number>>;
  /** Of the three cases of v4.1.2's publisher: gas. */
  readonly realPublisher: Readonly<Record<string, number>>;
  /** What v4.1.2's publisher adds to `node_modules`: packages, and megabytes (1e6 bytes on disk). */
  readonly installation: Readonly<Record<string, number>>;
  readonly publishStudy: PublishStudyEvidence;
  /** What a proof without late slots adds to upstream's, at most: gas. */
  readonly proofOverhead: number;
}

/** Reads what is committed. @throws EvidenceUnreadableError */
export async function readCommittedEvidence(): Promise<Evidence> {
  const { records } = await readEvidence("evidence/gas.json");
  const rowsOf: Evidence["gas"]["rowsOf"] = (name) =>
    records.filter((row) => row.hardfork === MAIN.hardfork && row.committee === MAIN.committee && row.case === name);
  const overhead = await readSnapshot("proofWithoutLateSlots");
  const proofs = rowsOf("epoch proof").map(({ gasUsed, upstreamGasUsed = gasUsed }) => gasUsed - upstreamGasUsed);
  return {
    rehearsal: JSON.parse(await readFile("evidence/rehearsal.json", "utf8")) as RehearsalReport,
    timetable: JSON.parse(await readFile("evidence/timetable.json", "utf8")) as readonly TimetableRecord[],
    gas: { row: (id) => findRecord(records, makeId([id], MAIN)), rowsOf },
    settlement: {
      again: Object.values(await readSnapshot("settlement")),
      firstTime: Object.values(await readSnapshot("settlementFirstTime")),
    },
    slip: await readSnapshot("slip"),
    publishing: await readSnapshot("publishing"),
    publishStudy: JSON.parse(await readFile("evidence/publish-study.json", "utf8")) as PublishStudyEvidence,
    realPublisher: await readSnapshot("realPublisher"),
    installation: await readSnapshot("installation"),
    proofOverhead: Math.max(...proofs, overhead["overhead1"] ?? 0, overhead["overhead4"] ?? 0),
  };
}

async function readSnapshot(name: string): Promise<Readonly<Record<string, number>>> {
  const snapshot = JSON.parse(await readFile(`test/snapshots/${name}.json`, "utf8")) as Record<string, string>;
  return Object.fromEntries(Object.entries(snapshot).map(([figure, gas]) => [figure, Number(gas)]));
}
