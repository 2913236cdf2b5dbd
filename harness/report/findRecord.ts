import { EvidenceUnreadableError } from "../bench/record/benchErrors.ts";
import type { Identified } from "../bench/record/recordId.ts";

/** The row with an id. @throws EvidenceUnreadableError when there is none, or more than one. */
export function findRecord<Row extends Identified>(rows: readonly Row[], id: string): Row {
  const [row, another] = rows.filter((candidate) => candidate.id === id);
  if (row === undefined || another !== undefined) {
    throw new EvidenceUnreadableError("The evidence has not exactly one row of an id", { fields: { id } });
  }
  return row;
}
