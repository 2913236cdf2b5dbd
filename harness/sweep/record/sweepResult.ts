import type { SweepPoint, SweepRun } from "./sweepPoint.ts";

/** What is counted of each run. Of whole runs, not per slot; money in fee tokens, durations in seconds. */
export const MEASURES = [
  "onTime",
  "late",
  "lost",
  "displaced",
  "softReorgedBlocks",
  "landedByProposer",
  "landedByNext",
  "landedByOther",
  "slotsOfUpgraded",
  "landedOfUpgraded",
  "slotsOfOld",
  "landedOfOld",
  "refused",
  "gasUsed",
  "gasWasted",
  "txsSubmitted",
  "txsIncluded",
  "landingMean",
  "landingP50",
  "landingP95",
  "landingP99",
  "blocksPerSlot",
  "proofs",
  "settledLate",
  "credited",
  "burned",
  "forfeited",
  "cutsToOthers",
  "cutsToThemselves",
] as const;

export type Measure = (typeof MEASURES)[number];

/** One run's numbers. */
export interface RunResult {
  readonly run: SweepRun;
  readonly measures: Readonly<Record<Measure, number>>;
  /** Late landings by the seconds after which they came: the proposer's own, and others'. */
  readonly slippedAfter: Readonly<Record<number, number>>;
  readonly rescuedAfter: Readonly<Record<number, number>>;
}

/** All runs of a point, in the order of the plan's seeds. */
export interface PointResult {
  readonly point: SweepPoint;
  readonly measures: Readonly<Record<Measure, readonly number[]>>;
  /** Of all runs together. */
  readonly slippedAfter: Readonly<Record<number, number>>;
  readonly rescuedAfter: Readonly<Record<number, number>>;
}

/** One setup and seed on the contracts and on the model. */
export interface SampleResult {
  readonly run: SweepRun;
  readonly onTime: number;
  readonly late: number;
  readonly lost: number;
  readonly displaced: number;
  readonly refused: number;
}

/** What a sweep covers. */
export interface SweepPlan {
  /** What every run's seed begins with. */
  readonly seed: string;
  readonly seeds: number;
  /** Of each run. */
  readonly slots: number;
  readonly weathers: readonly string[];
  readonly windows: readonly number[];
  readonly shares: readonly number[];
  /** The weather of the small tables about who rescues and when. */
  readonly rescueWeather: string;
  /** The share of those, where it is not varied. */
  readonly rescueShare: number;
  readonly rescueWindows: readonly number[];
  readonly rescueAfterMs: readonly number[];
  /** What is run on the contracts as well, with so many slots. */
  readonly sample: { readonly slots: number; readonly points: number };
}

/** `evidence/sweep.json` */
export interface SweepEvidence {
  /** The last commit that changed contracts or harness when the sweep was planned. */
  readonly commit: string;
  readonly plan: SweepPlan;
  /** What the weathers are, in words. */
  readonly weathers: Readonly<Record<string, string>>;
  readonly points: readonly PointResult[];
  readonly sample: readonly SampleResult[];
}

/** As text: a point a line, or the file would have a line for each number. */
export function printEvidence({ points, ...rest }: SweepEvidence): string {
  const head = JSON.stringify(rest, undefined, 2).slice(0, -2);
  return `${head},\n  "points": [\n    ${points.map((point) => JSON.stringify(point)).join(",\n    ")}\n  ]\n}\n`;
}
