/** Something that happened, and to whom. */
interface TraceEntry {
  readonly ms: number;
  readonly actor: string;
  readonly text: string;
}

const TIME_WIDTH = 10;

/**
 * What happened in a run, in order. Written out it has one line an event and a column for each actor, so that a person can follow
 * one of them down the page.
 */
export class Trace {
  readonly #actors: readonly string[];
  readonly #limit: number;
  #entries: TraceEntry[] = [];
  #dropped = 0;

  /**
   * @param actors Their columns, in order
   * @param limit Entries that are kept, the newest ones; default all of them. 0 keeps none, and costs nothing.
   */
  constructor(actors: readonly string[], limit = Number.POSITIVE_INFINITY) {
    this.#actors = actors;
    this.#limit = limit;
  }

  /** Entries so far, those that were dropped included: where in the trace now is. */
  get length(): number {
    return this.#dropped + this.#entries.length;
  }

  /** @param text What happened, or how to say it: not asked for unless it is kept */
  note(ms: number, actor: string, text: string | (() => string)): void {
    if (this.#limit === 0) return;
    this.#entries.push({ ms, actor, text: typeof text === "string" ? text : text() });
    if (this.#entries.length > 2 * this.#limit) {
      this.#dropped += this.#entries.length - this.#limit;
      this.#entries = this.#entries.slice(-this.#limit);
    }
  }

  /** The trace as text, all of it or the lines from `from` to `to` (exclusive). Columns are as wide as what they hold. */
  render(from = 0, to = this.length): string {
    const shown = this.#entries.slice(Math.max(from - this.#dropped, 0), Math.max(to - this.#dropped, 0));
    const columns = this.#actors.map((actor) => ({
      actor,
      width: Math.max(actor.length, ...shown.filter((entry) => entry.actor === actor).map(({ text }) => text.length)),
    }));
    const line = (time: string, cell: (actor: string) => string) =>
      [time.padStart(TIME_WIDTH), ...columns.map(({ actor, width }) => cell(actor).padEnd(width))]
        .join(" | ")
        .trimEnd();
    return [
      line("seconds", (actor) => actor),
      ...shown.map(({ ms, actor, text }) => line((ms / 1000).toFixed(3), (column) => (column === actor ? text : ""))),
      "",
    ].join("\n");
  }

  /** The lines around a place in the trace, for whoever wants to know how it came to that. */
  around(place: number, lines = 20): string {
    return this.render(Math.max(place - lines, 0), place + Math.ceil(lines / 2));
  }
}
