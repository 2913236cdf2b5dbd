/** A mean over runs, and how far the true one may be from it. */
export interface Confidence {
  readonly mean: number;
  /** Half the width of the interval that holds the true mean in 95 of 100 such studies; 0 for a single run, which says nothing of it. */
  readonly halfWidth: number;
}

/** Student's t, 97.5 %, by degrees of freedom from one on; beyond the last the normal distribution's is near enough. */
const T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
const NORMAL = 1.96;

/** Source: the interval of Student's t over independent runs. @param values One for each run, at least one */
export function confidenceOf(values: readonly number[]): Confidence {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { mean, halfWidth: 0 };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { mean, halfWidth: (T[count - 2] ?? NORMAL) * Math.sqrt(variance / count) };
}
