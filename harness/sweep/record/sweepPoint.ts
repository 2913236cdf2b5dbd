/** What the sweep varies. Plain data: it goes to other processes, and into the evidence. */
export interface SweepPoint {
  /** Name of an L1 weather. */
  readonly weather: string;
  /** Seconds; 0: closed. */
  readonly windowSeconds: number;
  /** Part of the nodes that build ahead, 0 to 1. */
  readonly share: number;
  /** Whether somebody without a slot of its own rescues whatever it can. */
  readonly hasStranger: boolean;
  /** Milliseconds after a slot's end at which whoever rescues sends. */
  readonly rescueAfterMs: number;
}

/** One run of a point. */
export interface SweepRun extends SweepPoint {
  readonly seed: string;
  readonly slots: number;
}

/** What rescues whom when nothing else is said: see `runStage`. */
export const RESCUE_AFTER_MS = 3_000;

/** Equal points have equal names. */
export function nameOfPoint({ weather, windowSeconds, share, hasStranger, rescueAfterMs }: SweepPoint): string {
  const who = hasStranger ? "anybody" : "successors";
  return `${weather}, window ${windowSeconds} s, share ${share * 100} %, ${who} after ${rescueAfterMs} ms`;
}

export function nameOfRun(run: SweepRun): string {
  return `${nameOfPoint(run)}, ${run.slots} slots of ${run.seed}`;
}
