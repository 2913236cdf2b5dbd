/** Whoever has the time. The real one, a simulation's, or a test's. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Returns when that moment has come; at once when it has passed. */
  sleepUntil(ms: number): Promise<void>;
}

/** A clock that stands until somebody moves it. */
export class ManualClock implements Clock {
  #now: number;
  #sleepers: readonly { readonly until: number; readonly wake: () => void }[] = [];

  /** @param now Milliseconds since the Unix epoch */
  constructor(now: number) {
    this.#now = now;
  }

  get now(): number {
    return this.#now;
  }

  sleepUntil(ms: number): Promise<void> {
    if (ms <= this.#now) return Promise.resolve();
    return new Promise((wake) => {
      this.#sleepers = [...this.#sleepers, { until: ms, wake }];
    });
  }

  /** Moves on, never back, and wakes whoever waits for that moment or an earlier one. */
  advanceTo(ms: number): void {
    this.#now = Math.max(this.#now, ms);
    const woken = this.#sleepers.filter(({ until }) => until <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#now);
    for (const { wake } of woken) wake();
  }
}
