import { BuildAheadError } from "../errors.ts";

// A run counts time in milliseconds and slots from its own beginning: slot 0 begins at 0. What that is on the chain underneath is
// the ledger's business.

/** A run's clock. */
export interface Calendar {
  /** Milliseconds of a slot: a whole number of L1 blocks. */
  readonly slotMs: number;
  readonly epochSlots: number;
  /** Slots of the run's first epoch that lie before slot 0: 0 to `epochSlots - 1`. */
  readonly slotsBefore: number;
  /** Epochs after an epoch's end in which its proof is accepted. */
  readonly proofSubmissionEpochs: number;
}

/** Milliseconds between L1 blocks. */
export const L1_BLOCK_MS = 12_000;

/** Thrown for a calendar in which nothing could happen. */
export class InvalidCalendarError extends BuildAheadError {}

/** @throws InvalidCalendarError */
export function assertValidCalendar({ slotMs, epochSlots, slotsBefore, proofSubmissionEpochs }: Calendar): void {
  const require = (holds: boolean, message: string) => {
    if (!holds) {
      throw new InvalidCalendarError(message, { fields: { slotMs, epochSlots, slotsBefore, proofSubmissionEpochs } });
    }
  };
  const areWhole = [slotMs, epochSlots, slotsBefore, proofSubmissionEpochs].every(Number.isSafeInteger);
  require(areWhole && slotMs > 0 && slotMs % L1_BLOCK_MS === 0, "A slot is a whole number of L1 blocks");
  require(epochSlots > 0 && proofSubmissionEpochs > 0, "An epoch has a slot, and takes a proof after its end");
  require(slotsBefore >= 0 && slotsBefore < epochSlots, "A run begins in its first epoch");
}

/** Slot at a moment; negative before the run. */
export function slotAtMs({ slotMs }: Pick<Calendar, "slotMs">, ms: number): number {
  return Math.floor(ms / slotMs);
}

/** First moment of a slot. */
export function slotStartMs({ slotMs }: Pick<Calendar, "slotMs">, slot: number): number {
  return slot * slotMs;
}

/** Epoch of a slot, counted from the run's first. */
export function epochOf({ epochSlots, slotsBefore }: Calendar, slot: number): number {
  return Math.floor((slot + slotsBefore) / epochSlots);
}

/** First slot of an epoch; negative for the run's first epoch if it began before the run. */
export function firstSlotOf({ epochSlots, slotsBefore }: Calendar, epoch: number): number {
  return epoch * epochSlots - slotsBefore;
}

/** Whether a slot is the last one of its epoch: nobody can land it late unless the terms say `crossEpoch`. */
export function isLastOfEpoch(calendar: Calendar, slot: number): boolean {
  return epochOf(calendar, slot) !== epochOf(calendar, slot + 1);
}

/** First moment at which what an epoch has not proven can be pruned. */
export function pruneMs(calendar: Calendar, epoch: number): number {
  return slotStartMs(calendar, firstSlotOf(calendar, epoch + calendar.proofSubmissionEpochs + 1));
}
