import { BuildAheadError } from "../errors.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import { WHOLE_BPS } from "../protocol/units.ts";

/** What a rehearsal can be asked to vary. */
export interface RehearsalOptions {
  /** Decides every key, content and prevrandao. */
  readonly seed: string;
  /** On-time slots before the late ones, 1 to {@link MAX_SLOTS}. */
  readonly slots: number;
  /** Committee members per epoch, {@link MIN_COMMITTEE} to {@link VALIDATORS}. */
  readonly committee: number;
  /** Terms at deployment; governance turns `crossEpoch` around half-way. */
  readonly terms: LateSubmissionTerms;
}

/** Validators that are staked. */
export const VALIDATORS = 64;
/** The late scenarios take 18 of an epoch's 32 slots. */
export const MAX_SLOTS = 12;
/** The smallest committee of which one member can be missing without the quorum being lost. */
export const MIN_COMMITTEE = 4;
const SLOT_SECONDS = 72;
/** The rehearsal shows landings in the first three L1 blocks of a slot, at 0, 12 and 24 s; a window must take the first two. */
const MIN_WINDOW_SECONDS = 13;

/** A value on the command line cannot be used. The message is one line and says what can. */
export class InvalidOptionError extends BuildAheadError {
  constructor(option: string, value: unknown, expected: string) {
    super(`--${option} ${String(value)}: expected ${expected}`);
  }
}

export interface RawRehearsalOptions {
  readonly seed: string;
  readonly slots: number;
  readonly committee: number;
  readonly terms: string;
}

/**
 * Reads the command line's values.
 * @throws InvalidOptionError on the first that cannot be used.
 */
export function parseRehearsalOptions(raw: RawRehearsalOptions): RehearsalOptions {
  if (raw.seed.length === 0) throw new InvalidOptionError("seed", '""', "at least one character");
  requireWithin("slots", raw.slots, 1, MAX_SLOTS);
  requireWithin("committee", raw.committee, MIN_COMMITTEE, VALIDATORS);
  return { seed: raw.seed, slots: raw.slots, committee: raw.committee, terms: parseTerms(raw.terms) };
}

/**
 * Reads `submitter,burn,window[,crossEpoch]`: basis points, basis points, seconds, `true` or `false`.
 * @throws InvalidOptionError
 */
export function parseTerms(text: string): LateSubmissionTerms {
  const form = "submitterBps,burnBps,windowSeconds[,crossEpoch], like 5000,2500,24 or 5000,2500,24,true";
  const match = /^(\d+),(\d+),(\d+)(?:,(true|false))?$/.exec(text.trim());
  if (match === null) throw new InvalidOptionError("terms", text, form);
  const [submitterBps, burnBps, windowSeconds] = match.slice(1, 4).map(Number) as [number, number, number];
  if (submitterBps + burnBps > WHOLE_BPS) {
    throw new InvalidOptionError("terms", text, `shares of at most ${WHOLE_BPS} basis points together`);
  }
  if (windowSeconds < MIN_WINDOW_SECONDS || windowSeconds > SLOT_SECONDS) {
    throw new InvalidOptionError(
      "terms",
      text,
      `a window of ${MIN_WINDOW_SECONDS} to ${SLOT_SECONDS} seconds (a slot)`,
    );
  }
  return { submitterBps, burnBps, windowSeconds, crossEpoch: match[4] === "true" };
}

function requireWithin(option: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new InvalidOptionError(option, value, `a whole number from ${least} to ${most}`);
}
