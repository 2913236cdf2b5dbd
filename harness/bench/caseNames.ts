/** Every case that can be measured, in the order of the report. */
export const CASE_NAMES = [
  "propose",
  "on-time bundle",
  "setup epoch",
  "epoch proof",
  "claim",
  "prune",
  "late",
  "late bundle",
  "late duplicate",
  "settlement",
  "penalize",
  "duplicate in the same block",
  "duplicate one block later",
  "stale slot",
  "missing parent",
  "window closed",
  "future slot",
  "wrong archive",
  "bad proposer signature",
  "floor designs",
  "storage",
] as const;

export type CaseName = (typeof CASE_NAMES)[number];
