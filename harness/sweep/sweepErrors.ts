import { BuildAheadError } from "../errors.ts";

/** Thrown for a weather that nobody has described. */
export class UnknownWeatherError extends BuildAheadError {
  constructor(weather: string, known: readonly string[]) {
    super(`There is no weather ${weather}; there are ${known.join(", ")}`);
  }
}

/** A value on the command line cannot be used. The message is one line and says what can. */
export class InvalidSweepError extends BuildAheadError {
  constructor(option: string, value: unknown, expected: string) {
    super(`--${option} ${String(value) === "" ? '""' : String(value)}: expected ${expected}`);
  }
}

/** Files of a sweep that do not belong together, or are none. The message is one line. */
export class SweepFileError extends BuildAheadError {}

/** A run on the contracts went otherwise than the same run on the model. */
export class SampleDiffersError extends BuildAheadError {}
