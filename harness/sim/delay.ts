import type { RandomStream } from "./random.ts";

/** How long something takes, in milliseconds: a constant, anything between two bounds, or a bound and a tail. */
export type DelayDistribution =
  | { readonly kind: "fixed"; readonly ms: number }
  | { readonly kind: "uniform"; readonly fromMs: number; readonly toMs: number }
  /** At least `fromMs`, and an exponential tail of mean `meanMs` behind it. */
  | { readonly kind: "tail"; readonly fromMs: number; readonly meanMs: number };

/** Draws a whole number of milliseconds. */
export function drawDelay(distribution: DelayDistribution, random: RandomStream): number {
  switch (distribution.kind) {
    case "fixed":
      return distribution.ms;
    case "uniform":
      return distribution.fromMs + random.below(distribution.toMs - distribution.fromMs + 1);
    case "tail":
      return distribution.fromMs + Math.round(-Math.log(1 - random.next()) * distribution.meanMs);
  }
}
