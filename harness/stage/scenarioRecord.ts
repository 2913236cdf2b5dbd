import type { WindowState } from "./simulatedScenario.ts";
import type { RunMetrics } from "./runFacts.ts";
import type { Timeline } from "./timeline.ts";

/** One run of a scenario, as `evidence/scenarios.json` has it. */
export interface ScenarioRecord extends Omit<RunMetrics, "cost" | "costWasted"> {
  readonly name: string;
  readonly title: string;
  readonly window: WindowState;
  readonly ok: boolean;
  readonly seed: string;
  /** What executed its transactions. */
  readonly ledger: "chain" | "model";
  /** Gwei. */
  readonly costGwei: number;
  readonly costWastedGwei: number;
}

/** What the picture of a run is drawn from. */
export interface PictureRecord extends Pick<ScenarioRecord, "name" | "title" | "window" | "seed"> {
  /** What the scenario has arranged, as `describeSetup` says it. */
  readonly arranged: readonly string[];
  readonly timeline: Timeline;
}

const GWEI = 1e9;

export function makeScenarioRecord(
  { name, title }: { readonly name: string; readonly title: string },
  { window, seed, ledger, ok }: Pick<ScenarioRecord, "window" | "seed" | "ledger" | "ok">,
  { cost, costWasted, ...metrics }: RunMetrics,
): ScenarioRecord {
  const gwei = (wei: number) => Math.round(wei / GWEI);
  return { name, title, window, ok, seed, ledger, ...metrics, costGwei: gwei(cost), costWastedGwei: gwei(costWasted) };
}
