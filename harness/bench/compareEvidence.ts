import { GasDriftError } from "./record/benchErrors.ts";
import type { Identified } from "./record/recordId.ts";

/** A figure that is not what was committed. */
export interface Drift {
  /** Its id. */
  readonly row: string;
  readonly field: string;
  readonly committed: unknown;
  readonly measured: unknown;
}

/**
 * Every difference between measured rows and the committed ones of the same id. A measured row without a committed one drifts too;
 * committed rows that were not measured do not count, for a check may measure a part.
 */
export function findDrift<Row extends Identified>(
  measured: readonly Row[],
  committed: readonly Row[],
): readonly Drift[] {
  const known = new Map(committed.map((row) => [row.id, row]));
  return measured.flatMap((row): readonly Drift[] => {
    const before = known.get(row.id);
    if (before === undefined) return [{ row: row.id, field: "row", committed: undefined, measured: "present" }];
    const fields = new Set([...Object.keys(row), ...Object.keys(before)]) as Set<keyof Row & string>;
    return [...fields].flatMap((field): readonly Drift[] =>
      JSON.stringify(row[field]) === JSON.stringify(before[field])
        ? []
        : [{ row: row.id, field, committed: before[field], measured: row[field] }],
    );
  });
}

/** @throws GasDriftError that names the first figures and counts all. */
export function assertNoDrift(drifts: readonly Drift[]): void {
  if (drifts.length === 0) return;
  const shown = drifts
    .slice(0, 10)
    .map(({ row, field, committed, measured }) => `${row}: ${field} ${String(committed)} -> ${String(measured)}`);
  throw new GasDriftError(`Gas has drifted from the committed evidence in ${drifts.length} figures`, {
    fields: { drift: shown.join("; ") },
  });
}
