/** What a header slot is at a point in time; the position is the value of the Solidity enum. */
export const SUBMISSIONS = ["Foreign", "OnTime", "Late", "Closed"] as const;

export type Submission = (typeof SUBMISSIONS)[number];

export interface ClassifySubmissionParameters {
  /** The slot of the header. */
  headerSlot: bigint;
  /** The slot of the block. */
  currentSlot: bigint;
  /** Seconds since the current slot began. */
  elapsed: bigint;
  /** Length of the window in seconds, zero if there is none. */
  windowSeconds: bigint;
}

/** The window of section 3.1 of the specification, over unbounded integers. */
export function classifySubmission(parameters: ClassifySubmissionParameters): Submission {
  const { headerSlot, currentSlot, elapsed, windowSeconds } = parameters;
  if (headerSlot === currentSlot) return "OnTime";
  if (windowSeconds === 0n || headerSlot + 1n !== currentSlot) return "Foreign";
  return elapsed < windowSeconds ? "Late" : "Closed";
}
