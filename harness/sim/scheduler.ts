import { BuildAheadError } from "../errors.ts";

/** What happens at a moment. */
export type EventAction = () => void | Promise<void>;

/** Something that is to happen and can still be called off. */
export interface ScheduledEvent {
  readonly ms: number;
  cancel(): void;
}

interface Entry extends ScheduledEvent {
  readonly sequence: number;
  action: EventAction | undefined;
}

/** Thrown for a moment that has passed, or that is none. */
export class InvalidMomentError extends BuildAheadError {
  constructor(ms: number, now: number) {
    super("Nothing can happen before now", { fields: { ms, now } });
  }
}

/** Virtual time. Events happen in order of their moment, and at one moment in the order in which they were scheduled. */
export class Scheduler {
  #heap: Entry[] = [];
  #sequence = 0;
  #now: number;

  /** @param startMs Where time begins */
  constructor(startMs = 0) {
    this.#now = startMs;
  }

  /** Milliseconds of the run. */
  get now(): number {
    return this.#now;
  }

  /** @throws InvalidMomentError */
  at(ms: number, action: EventAction): ScheduledEvent {
    if (!(ms >= this.#now)) throw new InvalidMomentError(ms, this.#now);
    const entry: Entry = {
      ms,
      sequence: this.#sequence++,
      action,
      cancel: () => {
        entry.action = undefined;
      },
    };
    this.#push(entry);
    return entry;
  }

  /** @param delay Milliseconds from now, not negative */
  after(delay: number, action: EventAction): ScheduledEvent {
    return this.at(this.#now + delay, action);
  }

  /**
   * Lets everything up to a moment happen, itself included, and stops there.
   * @param onEvent Called after each event
   */
  async runUntil(ms: number, onEvent?: () => void): Promise<void> {
    for (let next = this.#heap[0]; next !== undefined && next.ms <= ms; next = this.#heap[0]) {
      this.#pop();
      const { action } = next;
      if (action === undefined) continue;
      this.#now = next.ms;
      // Most events answer at once; waiting for them all the same would cost more than they do.
      const done = action();
      if (done !== undefined) await done;
      onEvent?.();
    }
    this.#now = Math.max(this.#now, ms);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(entry);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as Entry;
      if (!isBefore(entry, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = entry;
  }

  /** Removes the first one. */
  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Entry;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Entry, heap[below] as Entry)) below++;
      const child = heap[below] as Entry;
      if (!isBefore(child, last)) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.ms < b.ms || (a.ms === b.ms && a.sequence < b.sequence);
}
