/** One line of a state machine: in these states, on this event, if all of this holds, it goes there and does that. */
export interface Row<State extends string, Event extends string, Guard extends string, Action extends string> {
  readonly from: readonly State[];
  readonly on: Event;
  /** Names of what must hold; a `!` before one means that it must not. */
  readonly when?: readonly (Guard | `!${Guard}`)[];
  readonly to: State;
  readonly then?: readonly Action[];
}

/** What the names in a table stand for. */
export interface Behaviour<Guard extends string, Action extends string> {
  readonly guards: Readonly<Record<Guard, () => boolean>>;
  readonly actions: Readonly<Record<Action, () => void>>;
}

/** Runs a table: the first row that fits decides. What no row fits is ignored. */
export class StateMachine<State extends string, Event extends string, Guard extends string, Action extends string> {
  readonly #table: readonly Row<State, Event, Guard, Action>[];
  readonly #behaviour: Behaviour<Guard, Action>;
  readonly #onTransition: (from: State, on: Event, to: State) => void;
  #state: State;

  constructor(options: {
    readonly table: readonly Row<State, Event, Guard, Action>[];
    readonly initial: State;
    readonly behaviour: Behaviour<Guard, Action>;
    /** Called before the row's actions. */
    readonly onTransition: (from: State, on: Event, to: State) => void;
  }) {
    this.#table = options.table;
    this.#state = options.initial;
    this.#behaviour = options.behaviour;
    this.#onTransition = options.onTransition;
  }

  get state(): State {
    return this.#state;
  }

  /** @returns Whether a row fitted. */
  fire(event: Event): boolean {
    const row = this.#table.find(
      ({ from, on, when }) => on === event && from.includes(this.#state) && this.#holds(when),
    );
    if (row === undefined) return false;
    const from = this.#state;
    this.#state = row.to;
    this.#onTransition(from, event, row.to);
    for (const action of row.then ?? []) this.#behaviour.actions[action]();
    return true;
  }

  #holds(when: Row<State, Event, Guard, Action>["when"] = []): boolean {
    const { guards } = this.#behaviour;
    return when.every((name) => (name.startsWith("!") ? !guards[name.slice(1) as Guard]() : guards[name as Guard]()));
  }
}
