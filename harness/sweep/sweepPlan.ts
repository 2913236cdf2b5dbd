import { nameOfPoint, RESCUE_AFTER_MS, type SweepPoint, type SweepRun } from "./record/sweepPoint.ts";
import { MAX_SEEDS, MIN_SEEDS } from "../interval.ts";
import type { SweepPlan } from "./record/sweepResult.ts";
import { InvalidSweepError } from "./sweepErrors.ts";
import { SWEEP_WEATHERS } from "./weather.ts";

/** The sweep whose evidence is committed. */
export const FULL_PLAN: SweepPlan = {
  seed: "sweep",
  seeds: 10,
  slots: 1_000,
  weathers: Object.keys(SWEEP_WEATHERS),
  windows: [0, 12, 24, 36, 72],
  shares: [0, 0.25, 0.5, 0.75, 1],
  rescueWeather: "slow",
  rescueShare: 0.5,
  rescueWindows: [12, 24, 36],
  rescueAfterMs: [-5_000, 0, RESCUE_AFTER_MS],
  sample: { slots: 64, points: 5 },
};

/** Of everything a little: for tests, and to see that it works. */
export const QUICK_PLAN: SweepPlan = {
  ...FULL_PLAN,
  seeds: 2,
  slots: 48,
  weathers: ["slow", "congested"],
  windows: [0, 24],
  shares: [0, 0.5, 1],
  rescueWindows: [24],
  sample: { slots: 12, points: 1 },
};

/** A part of a sweep: the `index`-th of `of`, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export const WHOLE: Shard = { index: 1, of: 1 };

const MAX_SLOTS = 100_000;
const MAX_SHARDS = 1_000;

/** Every point of a plan once: the grid, then who rescues when, and without strangers. */
export function pointsOf(plan: SweepPlan): readonly SweepPoint[] {
  const { weathers, windows, shares, rescueWeather: weather, rescueShare: share } = plan;
  const usual = { hasStranger: true, rescueAfterMs: RESCUE_AFTER_MS };
  const all: readonly SweepPoint[] = [
    ...weathers.flatMap((name) =>
      shares.flatMap((part) =>
        windows.map((windowSeconds) => ({ weather: name, windowSeconds, share: part, ...usual })),
      ),
    ),
    ...plan.rescueWindows.flatMap((windowSeconds) =>
      plan.rescueAfterMs.map((rescueAfterMs) => ({ ...usual, weather, windowSeconds, share, rescueAfterMs })),
    ),
    ...shares.map((part) => ({ ...usual, weather, windowSeconds: 24, share: part, hasStranger: false })),
  ];
  return [...new Map(all.map((point) => [nameOfPoint(point), point])).values()];
}

/** Every run of a plan, seed by seed: what is cut short has something of every point. */
export function runsOf(plan: SweepPlan): readonly SweepRun[] {
  return seedsOf(plan).flatMap((seed) => pointsOf(plan).map((point) => ({ ...point, seed, slots: plan.slots })));
}

export function seedsOf({ seed, seeds }: SweepPlan): readonly string[] {
  return Array.from({ length: seeds }, (_, index) => `${seed}/${index}`);
}

/** A shard's runs: every `of`-th one. */
export function runsOfShard(plan: SweepPlan, { index, of }: Shard): readonly SweepRun[] {
  return runsOf(plan).filter((_, place) => place % of === index - 1);
}

/** What is run on the contracts as well: spread over the grid, each with a seed of its own. */
export function sampleOf(plan: SweepPlan): readonly SweepRun[] {
  const { points: count, slots } = plan.sample;
  const open = pointsOf(plan).filter(({ windowSeconds }) => windowSeconds > 0);
  return Array.from({ length: Math.min(count, open.length) }, (_, index) => ({
    ...(open[Math.floor(((index + 0.5) * open.length) / count)] as SweepPoint),
    seed: `${plan.seed}/sample ${index}`,
    slots,
  }));
}

/** What a sweep can be asked to vary on the command line. */
export interface SweepRequest {
  readonly seed: string;
  /** 0: as many as the plan has. */
  readonly seeds: number;
  /** 0: as many as the plan has. */
  readonly slots: number;
  readonly isQuick: boolean;
}

/** @throws InvalidSweepError on the first value that cannot be used. */
export function planFor({ seed, seeds, slots, isQuick }: SweepRequest): SweepPlan {
  const plan = isQuick ? QUICK_PLAN : FULL_PLAN;
  if (seed === "") throw new InvalidSweepError("seed", seed, "at least one character");
  if (seeds !== 0) assertCount("seeds", seeds, MIN_SEEDS, MAX_SEEDS);
  if (slots !== 0) assertCount("slots", slots, 1, MAX_SLOTS);
  return { ...plan, seed, seeds: seeds === 0 ? plan.seeds : seeds, slots: slots === 0 ? plan.slots : slots };
}

/** Reads `2/5`; nothing is all of it. @throws InvalidSweepError */
export function parseShard(text: string): Shard {
  if (text === "") return WHOLE;
  const [, index, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index === undefined || of === undefined || index < 1 || index > of || of > MAX_SHARDS) {
    throw new InvalidSweepError("shard", text, `i/n, i from 1 to n and n at most ${MAX_SHARDS}`);
  }
  return { index, of };
}

/** @throws InvalidSweepError */
export function assertCount(option: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new InvalidSweepError(option, value, `a whole number from ${least} to ${most}`);
}

/** In what a plan differs from the one whose evidence is committed, for the name of a folder. */
export function variationsOf(request: SweepRequest, shard: Shard): readonly string[] {
  return [
    ...(request.isQuick ? ["quick"] : []),
    ...(request.seed === FULL_PLAN.seed ? [] : [`seed-${request.seed}`]),
    ...(request.seeds === 0 ? [] : [`seeds-${request.seeds}`]),
    ...(request.slots === 0 ? [] : [`slots-${request.slots}`]),
    ...(shard.of === 1 ? [] : [`shard-${shard.index}-of-${shard.of}`]),
  ];
}
