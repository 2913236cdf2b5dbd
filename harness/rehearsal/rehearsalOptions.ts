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
  /** Terms that governance opens the window with; later it turns `crossEpoch` around. */
  readonly terms: LateSubmissionTerms;
}

/** Validators that are staked. */
export const VALIDATORS = 64;
/** An epoch has 32 slots, of which the scenarios after these need a few, and some air. */
export const MAX_SLOTS = 12;
/** The most that a scenario needs. */
export const MIN_COMMITTEE = 4;
const SLOT_SECONDS = 72;
/** The most that a scenario needs: rescues come in the first two L1 blocks of a slot, at 0 and 12 s. */
export const MIN_WINDOW_SECONDS = 13;

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

/** What is rehearsed when nothing is asked for: the run whose report is committed. */
export const DEFAULT_OPTIONS: RawRehearsalOptions = {
  seed: "build-ahead",
  slots: 4,
  committee: 48,
  terms: "1000,5000,2500,24,false",
};

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
 * Reads `first,submitter,burn,window[,crossEpoch]`: basis points three times, seconds, `true` or `false`.
 * @throws InvalidOptionError
 */
export function parseTerms(text: string): LateSubmissionTerms {
  const form =
    "firstBps,submitterBps,burnBps,windowSeconds[,crossEpoch], like 1000,5000,2500,24 or 1000,5000,2500,24,true";
  const match = /^(\d+),(\d+),(\d+),(\d+)(?:,(true|false))?$/.exec(text.trim());
  if (match === null) throw new InvalidOptionError("terms", text, form);
  const [firstBps, submitterBps, burnBps, windowSeconds] = match.slice(1, 5).map(Number) as [
    number,
    number,
    number,
    number,
  ];
  if (firstBps > submitterBps) {
    throw new InvalidOptionError("terms", text, "a first share that is at most the submitter's last one");
  }
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
  return { firstBps, submitterBps, burnBps, windowSeconds, crossEpoch: match[5] === "true" };
}

/** In what a run differs from {@link DEFAULT_OPTIONS}, as `option-value`; empty for the run whose report is committed. */
export function findVariations(options: RehearsalOptions): readonly string[] {
  const usual = describe(parseRehearsalOptions(DEFAULT_OPTIONS));
  return describe(options).filter((value) => !usual.includes(value));
}

function describe({ seed, slots, committee, terms }: RehearsalOptions): readonly string[] {
  return [`seed-${seed}`, `slots-${slots}`, `committee-${committee}`, `terms-${Object.values(terms).join(",")}`];
}

function requireWithin(option: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new InvalidOptionError(option, value, `a whole number from ${least} to ${most}`);
}
