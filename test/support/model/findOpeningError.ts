import { classifySubmission } from "./classifySubmission.ts";

export interface OpeningCircumstances {
  /** Start of slot 0, in seconds since 1970. */
  genesisTime: bigint;
  /** Seconds per slot. */
  slotDuration: bigint;
  /** Slots per epoch. */
  epochDuration: bigint;
  /** Epochs after its own in which an epoch may be proven. */
  proofSubmissionEpochs: bigint;
  windowSeconds: bigint;
  crossEpoch: boolean;
  committeeSize: bigint;
  /** Epochs in which the escape hatch is open. */
  openHatchEpochs: readonly bigint[];
  /** The first epoch in which the escape hatch is registered. */
  hatchSinceEpoch: bigint;
  /** The clock, in seconds since genesis. */
  secondsSinceGenesis: bigint;
  headerSlot: bigint;
}

/** The error that bars a header slot from landing late, with its arguments. */
export interface OpeningError {
  name: string;
  arguments: readonly bigint[];
}

/** Section 3.1 of the specification: `undefined` if the slot may land late now, else the first reason why not. */
export function findOpeningError(circumstances: OpeningCircumstances): OpeningError | undefined {
  const { slotDuration, epochDuration, headerSlot, secondsSinceGenesis: now } = circumstances;
  const currentSlot = now / slotDuration;
  const submission = classifySubmission({
    headerSlot,
    currentSlot,
    elapsed: now % slotDuration,
    windowSeconds: circumstances.windowSeconds,
  });
  if (submission === "Closed") {
    const closedAt = circumstances.genesisTime + currentSlot * slotDuration + circumstances.windowSeconds;
    return { name: "LateSubmission__WindowClosed", arguments: [headerSlot, closedAt] };
  }
  if (submission !== "Late") return { name: "HeaderLib__InvalidSlotNumber", arguments: [currentSlot, headerSlot] };

  const epoch = headerSlot / epochDuration;
  const currentEpoch = currentSlot / epochDuration;
  if (epoch !== currentEpoch && !circumstances.crossEpoch) {
    return { name: "LateSubmission__CrossEpochClosed", arguments: [headerSlot, epoch] };
  }
  if (circumstances.committeeSize === 0n) return { name: "LateSubmission__NoCommittee", arguments: [headerSlot] };
  const deadline = epoch + circumstances.proofSubmissionEpochs + 1n;
  if (currentEpoch >= deadline) {
    return { name: "LateSubmission__EpochPastDeadline", arguments: [headerSlot, deadline, currentEpoch] };
  }
  if (epoch >= circumstances.hatchSinceEpoch && circumstances.openHatchEpochs.includes(epoch)) {
    return { name: "LateSubmission__EscapeHatchOpen", arguments: [headerSlot, epoch] };
  }
  return undefined;
}
