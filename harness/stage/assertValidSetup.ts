import { BuildAheadError } from "../errors.ts";
import { computeTimetable } from "../protocol/timetable.ts";
import { L1_BLOCK_MS } from "../sim/calendar.ts";
import { parseCast } from "../sim/cast.ts";
import type { StageSetup } from "./stageSetup.ts";

/** A run contradicts itself. The message is one line and says what with what. */
export class InvalidStageError extends BuildAheadError {}

/**
 * What can be known of a run before anything is deployed for it.
 * @throws InvalidStageError, InvalidCastError, InvalidDurationError, SlotTooShortError
 */
export function assertValidSetup(setup: StageSetup): void {
  const { seed, slots, committeeSize, validators, slotSeconds, durations, mode, cast, terms, demand } = setup;
  const require = (holds: boolean, message: string, fields: Readonly<Record<string, unknown>>) => {
    if (!holds) throw new InvalidStageError(message, { fields });
  };
  const isCount = (value: number) => Number.isSafeInteger(value) && value > 0;
  require(seed.length > 0, "A seed has at least one character", { seed: '""' });
  require(isCount(slots), "A run is a whole number of slots", { slots });
  require(isCount(committeeSize) && isCount(validators), "Committee and validators are whole numbers", {
    committeeSize,
    validators,
  });
  require(committeeSize <= validators, "A committee is drawn from the validators, and there are too few", {
    committeeSize,
    validators,
  });
  require(durations.slot === slotSeconds, "The timetable is for other slots than the rollup's", {
    timetable: durations.slot,
    rollup: slotSeconds,
  });
  require((slotSeconds * 1000) % L1_BLOCK_MS === 0, "A slot is a whole number of L1 blocks", {
    slotSeconds,
    blockSeconds: L1_BLOCK_MS / 1000,
  });
  // A slot shorter than its own reserve.
  computeTimetable(mode, durations);
  require(terms.windowSeconds >= 0 && terms.windowSeconds <= slotSeconds, "A window is no longer than a slot", {
    windowSeconds: terms.windowSeconds,
    slotSeconds,
  });
  require(!Array.isArray(demand) || demand.length > 0, "A trace of demand has a block", { blocks: 0 });
  parseCast(cast);
}
