import type { LateSubmissionTerms } from "./terms.ts";
import { epochOfSlot, isAcceptingProofs, slotAt, slotStart, type RollupTiming } from "./time.ts";
import type { Seconds, Slot } from "./units.ts";

/**
 * What a header slot is at a point in time: `foreign` is neither this slot nor the previous one, or there is no window;
 * `closed` is the previous slot after its window. Source: `Submission` of `SubmissionWindowLib`.
 */
export type Submission = "foreign" | "on-time" | "late" | "closed";

/** What else decides, besides the clock, whether a late header may land. */
export interface OpeningCircumstances {
  readonly timing: RollupTiming;
  readonly terms: Pick<LateSubmissionTerms, "windowSeconds" | "crossEpoch">;
  /** Whether the rollup has committees at all. */
  readonly hasCommittees: boolean;
  /** Whether the escape hatch is open in the header's epoch; L1 asks this last. */
  readonly isHatchOpen: boolean;
}

/** The errors that say no to a header slot. The first is upstream's, the others are those of `ILateSubmission`. */
export type OpeningErrorName =
  | "HeaderLib__InvalidSlotNumber"
  | "LateSubmission__WindowClosed"
  | "LateSubmission__CrossEpochClosed"
  | "LateSubmission__NoCommittee"
  | "LateSubmission__EpochPastDeadline"
  | "LateSubmission__EscapeHatchOpen";

/** Whether a header slot may land: on time, late, or not, and then with which error and arguments. */
export type Opening =
  | { readonly kind: "on-time" | "late" }
  | { readonly kind: "refused"; readonly errorName: OpeningErrorName; readonly args: readonly bigint[] };

/** Classifies a header slot, any value, in a block of `timestamp`. Source: `SubmissionWindowLib.classify`. */
export function classifySubmission(
  timing: RollupTiming,
  windowSeconds: number,
  headerSlot: Slot,
  timestamp: Seconds,
): Submission {
  const currentSlot = slotAt(timing, timestamp);
  if (headerSlot === currentSlot) return "on-time";
  if (windowSeconds === 0 || headerSlot + 1n !== currentSlot) return "foreign";
  return timestamp < windowEnd(timing, windowSeconds, headerSlot) ? "late" : "closed";
}

/** First second at which a header slot's window is closed; exclusive end of the window. */
export function windowEnd(timing: RollupTiming, windowSeconds: number, headerSlot: Slot): Seconds {
  return slotStart(timing, headerSlot + 1n) + BigInt(windowSeconds);
}

/**
 * Whether a header slot may land in a block of `timestamp`, as far as slot, terms and epoch decide it.
 * Source: section 3.1 of the specification; `LateAuthorisationLib.requireOpen`, in its order.
 */
export function judgeOpening(circumstances: OpeningCircumstances, headerSlot: Slot, timestamp: Seconds): Opening {
  const { timing, terms, hasCommittees, isHatchOpen } = circumstances;
  const currentSlot = slotAt(timing, timestamp);
  const submission = classifySubmission(timing, terms.windowSeconds, headerSlot, timestamp);
  switch (submission) {
    case "on-time":
      return { kind: "on-time" };
    case "foreign":
      return refuse("HeaderLib__InvalidSlotNumber", currentSlot, headerSlot);
    case "closed":
      return refuse("LateSubmission__WindowClosed", headerSlot, windowEnd(timing, terms.windowSeconds, headerSlot));
    case "late":
      break;
  }
  const epoch = epochOfSlot(timing, headerSlot);
  const currentEpoch = epochOfSlot(timing, currentSlot);
  if (!terms.crossEpoch && epoch !== currentEpoch) {
    return refuse("LateSubmission__CrossEpochClosed", headerSlot, epoch);
  }
  if (!hasCommittees) return refuse("LateSubmission__NoCommittee", headerSlot);
  if (!isAcceptingProofs(timing, epoch, currentEpoch)) {
    const deadline = epoch + timing.proofSubmissionEpochs + 1n;
    return refuse("LateSubmission__EpochPastDeadline", headerSlot, deadline, currentEpoch);
  }
  return isHatchOpen ? refuse("LateSubmission__EscapeHatchOpen", headerSlot, epoch) : { kind: "late" };
}

function refuse(errorName: OpeningErrorName, ...args: readonly bigint[]): Opening {
  return { kind: "refused", errorName, args };
}
