import { BuildAheadError } from "../../errors.ts";

/** What a check can be asked to vary. */
export interface LedgerCheckRequest {
  /** Decides everything. */
  readonly seed: string;
  readonly slots: number;
  /** The only one, counted from 0, or {@link EVERY_RUN}. */
  readonly run: number;
}

/** In place of a run's number. */
export const EVERY_RUN = -1;
/** What is checked when nothing is asked for: the run whose result is committed. */
export const DEFAULT_REQUEST: LedgerCheckRequest = { seed: "build-ahead", slots: 5_040, run: EVERY_RUN };
/** From so many slots on everything has been seen often enough, or something is wrong. */
export const ENOUGH_TO_JUDGE = 5_000;
/** How often everything has to be seen then. */
export const LEAST_SEEN = 5;
const MAX_SLOTS = 1_000_000;

/** A value on the command line cannot be used. The message is one line and says what can. */
export class InvalidCheckError extends BuildAheadError {
  constructor(option: string, value: unknown, expected: string) {
    super(`--${option} ${String(value)}: expected ${expected}`);
  }
}

/** @throws InvalidCheckError on the first value that cannot be used. */
export function parseRequest({ seed, slots, run }: LedgerCheckRequest): LedgerCheckRequest {
  if (seed.length === 0) throw new InvalidCheckError("seed", '""', "at least one character");
  if (!Number.isSafeInteger(slots) || slots < 1 || slots > MAX_SLOTS) {
    throw new InvalidCheckError("slots", slots, `a whole number from 1 to ${MAX_SLOTS}`);
  }
  if (!Number.isSafeInteger(run) || run < EVERY_RUN) throw new InvalidCheckError("run", run, "the number of a run");
  return { seed, slots, run };
}

/** In what a check differs from the one whose result is committed, for the name of a folder. */
export function findVariations({ seed, slots, run }: LedgerCheckRequest): readonly string[] {
  return [
    ...(seed === DEFAULT_REQUEST.seed ? [] : [`seed-${seed}`]),
    ...(slots === DEFAULT_REQUEST.slots ? [] : [`slots-${slots}`]),
    ...(run === EVERY_RUN ? [] : [`run-${run}`]),
  ];
}
