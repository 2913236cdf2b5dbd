import { BuildAheadError } from "../errors.ts";

/** What a study can be asked to vary. */
export interface PublishStudyRequest {
  /** Decides every run. */
  readonly seed: string;
  /** Of every policy, over all its runs. */
  readonly slots: number;
  /** Over how many runs the slots are spread: the spread between them is what confidence rests on. */
  readonly runs: number;
}

/** A study with its sample on the contracts. */
export interface PublishStudyPlan extends PublishStudyRequest {
  /** Slots of each policy that is tried on the contracts as well. */
  readonly sampledSlots: number;
}

/** What is run when nothing is asked for: the study whose result is committed. */
export const DEFAULT_STUDY: PublishStudyPlan = { seed: "build-ahead", slots: 1_000, runs: 8, sampledSlots: 128 };
/** Enough to see that it works, not to conclude from. */
export const QUICK_STUDY = { slots: 60, runs: 2, sampledSlots: 16 } as const;
const MAX_SLOTS = 1_000_000;

/** A value on the command line cannot be used. The message is one line and says what can. */
export class InvalidStudyError extends BuildAheadError {
  constructor(option: string, value: unknown, expected: string) {
    super(`--${option} ${String(value)}: expected ${expected}`);
  }
}

/**
 * @param raw `slots` 0: as many as the study has
 * @throws InvalidStudyError on the first value that cannot be used.
 */
export function parseStudyRequest(raw: {
  readonly seed: string;
  readonly slots: number;
  readonly quick: boolean;
}): PublishStudyPlan {
  const usual = raw.quick ? { ...DEFAULT_STUDY, ...QUICK_STUDY } : DEFAULT_STUDY;
  const slots = raw.slots === 0 ? usual.slots : raw.slots;
  if (raw.seed.length === 0) throw new InvalidStudyError("seed", '""', "at least one character");
  if (!Number.isSafeInteger(slots) || slots < usual.runs || slots > MAX_SLOTS) {
    throw new InvalidStudyError("slots", slots, `a whole number from ${usual.runs}, one for each run, to ${MAX_SLOTS}`);
  }
  return { ...usual, seed: raw.seed, slots };
}

/** In what a study differs from the one whose result is committed, for the name of a folder. */
export function findStudyVariations({ seed, slots, runs }: PublishStudyRequest): readonly string[] {
  return [
    ...(seed === DEFAULT_STUDY.seed ? [] : [`seed-${seed}`]),
    ...(slots === DEFAULT_STUDY.slots ? [] : [`slots-${slots}`]),
    ...(runs === DEFAULT_STUDY.runs ? [] : [`runs-${runs}`]),
  ];
}
