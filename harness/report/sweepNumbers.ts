import { intervalOf, isAboveZero, type Interval } from "../interval.ts";
import { RESCUE_AFTER_MS, type SweepPoint } from "../sweep/record/sweepPoint.ts";
import type { Measure, PointResult, SweepEvidence } from "../sweep/record/sweepResult.ts";
import { SweepRowError } from "./reportErrors.ts";

/** Seconds: the window that governance is asked to open. */
export const MAIN_WINDOW = 24;
/** Slots to which counts are scaled. */
const SCALE = 1_000;

/** A sweep's numbers as the report and the charts take them: counts per 1,000 slots, with intervals over the seeds. */
export class SweepNumbers {
  readonly evidence: SweepEvidence;

  constructor(evidence: SweepEvidence) {
    this.evidence = evidence;
  }

  /** @throws SweepRowError */
  at(weather: string, windowSeconds: number, share: number, other: Partial<SweepPoint> = {}): PointResult {
    const wanted = { weather, windowSeconds, share, hasStranger: true, rescueAfterMs: RESCUE_AFTER_MS, ...other };
    const found = this.evidence.points.find(({ point }) =>
      Object.entries(wanted).every(([key, value]) => point[key as keyof SweepPoint] === value),
    );
    if (found === undefined) throw new SweepRowError("The sweep lacks a point", { fields: wanted });
    return found;
  }

  /** A count per 1,000 slots. */
  rate({ measures }: PointResult, measure: Measure): Interval {
    return intervalOf(measures[measure].map((value) => this.#scale(value)));
  }

  /** What one count is above another, per 1,000 slots, seed by seed. */
  difference(more: readonly [PointResult, Measure], less: readonly [PointResult, Measure]): Interval {
    const [one, other] = [more, less].map(([{ measures }, measure]) => measures[measure]);
    return intervalOf((one ?? []).map((value, seed) => this.#scale(value - (other?.[seed] ?? 0))));
  }

  /** A part of something else, seed by seed: per 1,000 of it. Undefined when there is none of it. */
  portion({ measures }: PointResult, part: Measure, whole: Measure): Interval | undefined {
    const wholes = measures[whole];
    if (wholes.some((value) => value === 0)) return undefined;
    return intervalOf(measures[part].map((value, seed) => (SCALE * value) / (wholes[seed] ?? 1)));
  }

  /** Late landings above what they displaced, at the main window. */
  saved(weather: string, share: number): Interval {
    const point = this.at(weather, MAIN_WINDOW, share);
    return this.difference([point, "late"], [point, "displaced"]);
  }

  /** Checkpoints that are not lost any more when the main window is open. */
  gained(weather: string, share: number): Interval {
    return this.difference([this.at(weather, 0, share), "lost"], [this.at(weather, MAIN_WINDOW, share), "lost"]);
  }

  /** The least share from which on an interval is above zero, at it and at all larger ones; undefined: none. */
  leastShare(of: (share: number) => Interval): number | undefined {
    const { shares } = this.evidence.plan;
    const last = shares.findLastIndex((share) => !isAboveZero(of(share)));
    return shares[last + 1];
  }

  #scale(value: number): number {
    return (value * SCALE) / this.evidence.plan.slots;
  }
}
