import { BuildAheadError } from "./errors.ts";

/** A mean over independent runs, with its confidence interval. */
export interface Interval {
  readonly mean: number;
  /** Half of the interval's width. */
  readonly margin: number;
}

/** Too little was measured, or so often that the table ends. */
export class SampleSizeError extends BuildAheadError {}

/**
 * Two-sided 95 % quantiles of Student's t, by degrees of freedom from 1 on. Source: any table; W. S. Gosset, "The probable error of a
 * mean", Biometrika 6 (1908), for the distribution.
 */
const T_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045,
];

/** Runs whose interval can be given: of a single one nothing can be said. */
export const MIN_SEEDS = 2;
export const MAX_SEEDS = T_95.length + 1;

/**
 * Mean and 95 % confidence interval by Student's t. Every value is one run's, of a seed of its own: runs are independent, slots of one run
 * are not.
 * @throws SampleSizeError
 */
export function intervalOf(values: readonly number[]): Interval {
  const count = values.length;
  if (count < MIN_SEEDS || count > MAX_SEEDS) {
    throw new SampleSizeError("An interval is of two runs or more, and of no more than the table has", {
      fields: { count, most: MAX_SEEDS },
    });
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = Math.sqrt(squares / (count - 1) / count);
  return { mean, margin: (T_95[count - 2] as number) * error };
}

/** Whether a difference is there, and not just by chance: all of the interval is above zero. */
export function isAboveZero({ mean, margin }: Interval): boolean {
  return mean - margin > 0;
}
