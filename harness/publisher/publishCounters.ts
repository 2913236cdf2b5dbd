import { ACTIONS, OUTCOMES, type Action, type Outcome, type PublishResult } from "./publisher.ts";

type Counts = Record<Action, Record<Outcome, number>>;

/** How requests have ended so far, by action. */
export class PublishCounters {
  readonly #counts: Counts;

  constructor() {
    const none = () => Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Counts[Action];
    this.#counts = Object.fromEntries(ACTIONS.map((action) => [action, none()])) as Counts;
  }

  count(results: readonly PublishResult[]): void {
    for (const { action, outcome } of results) this.#counts[action][outcome] += 1;
  }

  of(action: Action): Readonly<Record<Outcome, number>> {
    return this.#counts[action];
  }
}
