import type { RollupTiming } from "./time.ts";
import type { CheckpointNumber, Epoch, Slot } from "./units.ts";

// Storage that is reused instead of grown: the same place comes round again after a ring.

/** What the sizes of rings depend on. */
export type RingTiming = Pick<RollupTiming, "epochSlots" | "proofSubmissionEpochs">;

/** The least number of epochs that the rings of late submissions span. Source: `LateSubmissionLib.MIN_RING_EPOCHS`. */
const MIN_LATE_RING_EPOCHS = 8n;

/** Checkpoints whose logs upstream keeps: all that a prune can take, and one below. Source: `STFLib.roundaboutSize`. */
export function logRingSize({ epochSlots, proofSubmissionEpochs }: RingTiming): bigint {
  return epochSlots * (proofSubmissionEpochs + 1n) + 1n;
}

/** Where in upstream's ring a checkpoint's log is. */
export function logPlace(timing: RingTiming, number: CheckpointNumber): bigint {
  return number % logRingSize(timing);
}

/** Epochs that the rings of marks and records span. Source: `LateSubmissionLib.ringEpochs`. */
export function lateRingEpochs({ proofSubmissionEpochs }: Pick<RingTiming, "proofSubmissionEpochs">): bigint {
  const needed = proofSubmissionEpochs + 2n;
  return needed > MIN_LATE_RING_EPOCHS ? needed : MIN_LATE_RING_EPOCHS;
}

/** Slots that the ring of records spans. */
export function recordRingSize(timing: RingTiming): bigint {
  return lateRingEpochs(timing) * timing.epochSlots;
}

/** Where in its ring an epoch's word of marks is. */
export function marksPlace(timing: Pick<RingTiming, "proofSubmissionEpochs">, epoch: Epoch): bigint {
  return epoch % lateRingEpochs(timing);
}

/** Where in its ring a slot's record is. Source: `LateSubmissionLib.recordIndex`. */
export function recordPlace(timing: RingTiming, slot: Slot): bigint {
  return slot % recordRingSize(timing);
}
