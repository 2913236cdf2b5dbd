import { EvidenceUnreadableError } from "../bench/benchErrors.ts";
import type { BenchRecord } from "../bench/benchRecord.ts";

/** The row that has all of these values. @throws EvidenceUnreadableError when there is none, or more than one. */
export function findRecord(records: readonly BenchRecord[], wanted: Partial<BenchRecord>): BenchRecord {
  const found = records.filter((record) =>
    Object.entries(wanted).every(([name, value]) => record[name as keyof BenchRecord] === value),
  );
  const [record] = found;
  if (record === undefined || found.length > 1) {
    throw new EvidenceUnreadableError("The evidence has not exactly one row of a kind", {
      fields: { wanted: JSON.stringify(wanted), found: found.length },
    });
  }
  return record;
}
