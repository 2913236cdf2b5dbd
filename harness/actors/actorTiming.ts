import { computeTimetable, MAINNET_DURATIONS, type SlotDurations, type TimetableMode } from "../protocol/timetable.ts";

/** The moments and durations that a node goes by, in milliseconds; moments count from the start of the header slot. */
export interface ActorTiming {
  readonly mode: TimetableMode;
  readonly slotMs: number;
  readonly blockMs: number;
  readonly initialiseMs: number;
  readonly assembleMs: number;
  /** The last block has to be built. */
  readonly lastBlockMs: number;
  /** Who has heard of nothing builds on the confirmed tip from here on. */
  readonly earlyStartMs: number;
  /** Until here a proposal is accepted. */
  readonly proposalGraceMs: number;
}

/** @throws InvalidDurationError, SlotTooShortError */
export function makeActorTiming(mode: TimetableMode, durations: SlotDurations = MAINNET_DURATIONS): ActorTiming {
  const { lastBlockUntil, proposalUntil } = computeTimetable(mode, durations);
  const { slot, block, initialise, assemble, publish } = durations;
  const isStaggered = mode === "staggered";
  return {
    mode,
    slotMs: slot * 1000,
    blockMs: block * 1000,
    initialiseMs: initialise * 1000,
    assembleMs: assemble * 1000,
    lastBlockMs: lastBlockUntil * 1000,
    // Staggered: the predecessor's proposal is accepted until then, a slot earlier, and who waits longer has no time to build.
    earlyStartMs: isStaggered ? (proposalUntil - slot) * 1000 : -publish * 1000,
    proposalGraceMs: isStaggered ? proposalUntil * 1000 : slot * 1000,
  };
}
