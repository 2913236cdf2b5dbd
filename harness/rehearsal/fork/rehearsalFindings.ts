import { BuildAheadError } from "../../errors.ts";
import type { ComparisonRow, ForkCheck } from "./forkReport.ts";

/** A rehearsal ran to its end and found something that must not be. */
export class RehearsalFindingError extends BuildAheadError {}

/** Every difference between the old rollup and the new one has to be meant. @throws RehearsalFindingError naming the first that is not */
export function requireMeant(rows: readonly ComparisonRow[]): void {
  const strange = rows.find(({ same, why }) => !same && why === undefined);
  if (strange === undefined) return;
  const { subject, before, after } = strange;
  throw new RehearsalFindingError("The new rollup differs from the canonical one where it should not", {
    fields: { subject, before, after },
  });
}

/** @throws RehearsalFindingError naming the first check on the other side that failed, and how many did */
export function requirePassed(checks: readonly ForkCheck[]): void {
  const failed = checks.filter(({ passed }) => !passed);
  const [first] = failed;
  if (first === undefined) return;
  const { id, expected, found } = first;
  throw new RehearsalFindingError("The other side of the upgrade is not what it must be", {
    fields: { findings: failed.length, id, expected, found },
  });
}
