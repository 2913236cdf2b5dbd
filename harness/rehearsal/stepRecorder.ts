import { BuildAheadError } from "../errors.ts";
import type { WorldListener } from "../world/world.ts";
import type { WorldStep } from "../world/worldStep.ts";
import type { RehearsalStep } from "./rehearsalReport.ts";

/** Hears of every step as it happens. */
export interface RehearsalListener {
  readonly onPhase?: (title: string) => void;
  readonly onStep?: (step: RehearsalStep) => void;
  /** In what the new rollup differs from the one that it is to follow, before anything is proposed. */
  readonly onDifference?: (subject: string, before: string, after: string) => void;
  /** Validator keys that had to be computed, of how many. */
  readonly onKeyProgress?: (done: number, count: number) => void;
}

/** Two steps of one rehearsal have the same id. */
export class DuplicateStepError extends BuildAheadError {
  constructor(id: string) {
    super("Two steps have the same id", { fields: { id } });
  }
}

/** Keeps the book of a rehearsal: let it listen to every world that takes part. */
export class StepRecorder implements WorldListener {
  readonly steps: RehearsalStep[] = [];
  readonly #listener: RehearsalListener;
  #phase = "";

  constructor(listener: RehearsalListener = {}) {
    this.#listener = listener;
  }

  phase(title: string): void {
    this.#phase = title;
    this.#listener.onPhase?.(title);
  }

  /** @throws DuplicateStepError */
  readonly onStep = (told: WorldStep): void => {
    if (this.steps.some(({ id }) => id === told.id)) throw new DuplicateStepError(told.id);
    const step = describe(this.#phase, told);
    this.steps.push(step);
    this.#listener.onStep?.(step);
  };
}

function describe(phase: string, step: WorldStep): RehearsalStep {
  const { id, slot, name, txHash, gasUsed, transactions, outcome, revert, note } = step;
  return {
    id,
    phase,
    name,
    ...(slot === undefined ? {} : { slot: Number(slot) }),
    ...(txHash === undefined ? {} : { txHash }),
    gasUsed: Number(gasUsed),
    transactions,
    outcome,
    ...(revert === undefined
      ? {}
      : { revert: { error: revert.errorName ?? revert.data, args: revert.args.map(String) } }),
    ...(note === undefined ? {} : { note }),
  };
}
