import type { DurationSummary } from "./runFacts.ts";

/** Durations in milliseconds, counted by length: what is kept grows with how different they are, not with how many. */
export class Durations {
  readonly #counts = new Map<number, number>();
  #count = 0;
  #sum = 0;

  add(ms: number): void {
    this.#counts.set(ms, (this.#counts.get(ms) ?? 0) + 1);
    this.#count++;
    this.#sum += ms;
  }

  /** How often each was counted, in seconds. */
  get counts(): readonly (readonly [seconds: number, times: number])[] {
    return [...this.#counts].map(([ms, times]) => [ms / 1000, times]);
  }

  /** In seconds. All 0 of nothing. */
  summarise(): DurationSummary {
    const count = this.#count;
    if (count === 0) return { count, min: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
    const sorted = [...this.#counts].sort(([one], [other]) => one - other);
    const at = (part: number) => {
      let left = Math.min(Math.floor(count * part), count - 1);
      const found = sorted.find(([, times]) => (left -= times) < 0);
      return roundTo3((found?.[0] ?? 0) / 1000);
    };
    const mean = roundTo3(this.#sum / count / 1000);
    return { count, min: at(0), mean, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
  }
}

/** To a thousandth: what is written down should not end in noise. */
export function roundTo3(value: number): number {
  return Math.round(value * 1000) / 1000;
}
