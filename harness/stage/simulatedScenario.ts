import { BuildAheadError } from "../errors.ts";
import { OPEN_TERMS } from "../network/deployBuildAhead.ts";
import type { BlockDemand } from "../sim/demand.ts";
import { describeBegin, describeDiscard, describeLanded, describeProof, describeRefusal } from "./describeFacts.ts";
import { runStage, type OpenLedger, type StageRun } from "./runStage.ts";
import type { RunMetrics } from "./runFacts.ts";
import { makeSetup, type StageChanges, type StageSetup } from "./stageSetup.ts";

export type WindowState = "closed" | "open";

/** What a scenario runs with unless it says otherwise. */
export const BOTH_WINDOWS: readonly WindowState[] = ["closed", "open"];

/** Numbers of the metrics, exactly, or from one to another. */
type Expected<T> = T extends number
  ? number | readonly [least: number, most: number]
  : { readonly [K in keyof T]?: Expected<T[K]> };

/** What has to follow. What a list does not name must not be there. */
export interface Expectations {
  /** L1's chain at the end, as `describeLanded` writes it: `s1`, `s2 late +12s by C`. */
  readonly onChain: readonly string[];
  /** Who began to build what, as `describeBegin` writes it: `B s2 on s1: checkpoint-proposal`. Left out: anything. */
  readonly begins?: readonly string[];
  /** What was given up, as `describeDiscard` writes it: `B s2: no-quorum, silent`. */
  readonly discards?: readonly string[];
  /** What L1 took and refused, as `describeRefusal` writes it: `B s2: Rollup__InvalidArchive`. */
  readonly refusals?: readonly string[];
  /** What was proven and what that paid for late landings, as `describeProof` writes it: `3 checkpoints`. Left out: anything. */
  readonly proofs?: readonly string[];
  readonly metrics: Expected<RunMetrics>;
}

/** One thing that can happen: the stage, and everything that has to follow. Holds under every seed. */
export interface SimulatedScenario {
  /** What it shows, in one sentence. */
  readonly title: string;
  /** Who proposes; see `LedgerSetup.cast`. */
  readonly cast: string;
  /** Slots in which somebody proposes; default as many as the cast names. */
  readonly slots?: number;
  /** With the window closed, open, or one after the other; default both. */
  readonly windows?: readonly WindowState[];
  /** In what the stage differs from a calm day; see `makeSetup`. */
  readonly stage?: StageChanges | ((window: WindowState) => StageChanges);
  readonly expect: (window: WindowState) => Expectations;
}

/** For a file of its own under `harness/scenarios/simulated`; its name is the scenario's. */
export function defineScenario(scenario: SimulatedScenario): SimulatedScenario {
  return scenario;
}

/** A run did not go as its scenario says. The message has the trace around the first deviation. */
export class ScenarioDeviationError extends BuildAheadError {
  /** Where in the trace. */
  readonly place: number;

  constructor(run: StageRun, what: string, expected: string, actual: string, place: number) {
    super(`${what}: expected ${expected}, got ${actual}\n${run.trace.around(place)}`, {
      fields: { seed: run.setup.seed },
    });
    this.place = place;
  }
}

export interface ScenarioRunOptions {
  readonly seed: string;
  readonly window: WindowState;
  /** What others want of L1, for scenarios that say nothing of it themselves; default a quiet day. */
  readonly demand?: readonly BlockDemand[] | undefined;
}

/** Runs a scenario without looking at how it ends. @throws InvalidStageError, RunFailedError */
export function playScenario(
  openLedger: OpenLedger,
  scenario: SimulatedScenario,
  options: ScenarioRunOptions,
): Promise<StageRun> {
  return runStage(openLedger, setUpScenario(scenario, options));
}

/** The whole setup of a run of a scenario. */
export function setUpScenario(
  { cast, slots, stage = {} }: SimulatedScenario,
  { seed, window, demand }: ScenarioRunOptions,
): StageSetup {
  const changes = typeof stage === "function" ? stage(window) : stage;
  const closed = { windowSeconds: 0 };
  const inCast = cast.replaceAll("|", "").length;
  const own = { seed, cast, slots: slots ?? inCast };
  return makeSetup(
    { terms: OPEN_TERMS, ...(demand === undefined ? {} : { demand }) },
    changes,
    own,
    window === "open" ? {} : { terms: closed },
  );
}

/** Compares a run with what has to follow. @throws ScenarioDeviationError at the first deviation */
export function assertExpectations(run: StageRun, expected: Expectations): void {
  assertList(run, "begun", expected.begins, run.begins, describeBegin);
  assertSet(run, "discarded", expected.discards ?? [], run.discards, describeDiscard);
  assertSet(run, "refused by L1", expected.refusals ?? [], run.refusals, describeRefusal);
  assertList(run, "in the chain", expected.onChain, run.landed, describeLanded);
  assertList(run, "proven", expected.proofs, run.proofs, describeProof);
  assertNumbers(run, "metrics", expected.metrics, run.metrics);
}

function assertList<Fact extends { readonly place: number }>(
  run: StageRun,
  what: string,
  expected: readonly string[] | undefined,
  facts: readonly Fact[],
  describe: (fact: Fact) => string,
): void {
  if (expected === undefined) return;
  const length = Math.max(expected.length, facts.length);
  for (let index = 0; index < length; index++) {
    const fact = facts[index];
    const actual = fact === undefined ? undefined : describe(fact);
    if (actual === expected[index]) continue;
    const place = fact?.place ?? facts.at(-1)?.place ?? run.trace.length;
    const name = `${what}, ${index + 1}`;
    throw new ScenarioDeviationError(run, name, quote(expected[index]), quote(actual), place);
  }
}

/** In any order: which node sees a block first is chance. */
function assertSet<Fact extends { readonly place: number }>(
  run: StageRun,
  what: string,
  expected: readonly string[],
  facts: readonly Fact[],
  describe: (fact: Fact) => string,
): void {
  const byText = (one: Fact, other: Fact) => (describe(one) < describe(other) ? -1 : 1);
  assertList(run, what, [...expected].sort(), [...facts].sort(byText), describe);
}

function quote(text: string | undefined): string {
  return text === undefined ? "nothing more" : `"${text}"`;
}

function assertNumbers(run: StageRun, path: string, expected: object, actual: object): void {
  for (const [key, want] of Object.entries(expected) as [keyof typeof actual, unknown][]) {
    const have: unknown = actual[key];
    const name = `${path}.${String(key)}`;
    if (typeof have === "object" && have !== null && typeof want === "object" && want !== null) {
      assertNumbers(run, name, want, have);
      continue;
    }
    const [least, most] = Array.isArray(want) ? (want as [number, number]) : [want as number, want as number];
    if (typeof have === "number" && have >= least && have <= most) continue;
    const range = least === most ? `${least}` : `${least} to ${most}`;
    throw new ScenarioDeviationError(run, name, range, String(have), run.trace.length);
  }
}
