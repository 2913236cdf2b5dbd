import { BuildAheadError } from "../errors.ts";
import type { HardhatRuntime } from "../hardhatRuntime.ts";
import { ChainLedgers } from "../ledger/chainLedgers.ts";
import { RunMetricsRegistry } from "../metrics/runMetricsRegistry.ts";
import { assertValidSetup } from "../stage/assertValidSetup.ts";
import { describeSetup } from "../stage/describeSetup.ts";
import { makeScenarioRecord, type PictureRecord, type ScenarioRecord } from "../stage/scenarioRecord.ts";
import {
  assertExpectations,
  BOTH_WINDOWS,
  playScenario,
  setUpScenario,
  type ScenarioRunOptions,
} from "../stage/simulatedScenario.ts";
import type { NamedScenario } from "./findSimulated.ts";

/** What became of a list of scenarios. */
export interface ScenarioResults {
  readonly records: readonly ScenarioRecord[];
  /** Of every run that came to its end. */
  readonly metrics: RunMetricsRegistry;
  /** Of every run that came to its end. */
  readonly pictures: readonly PictureRecord[];
  /** One a run, each under a heading. */
  readonly traces: readonly string[];
  /** What went otherwise than it must, with the trace around it. */
  readonly failures: readonly string[];
}

/** What is the same for all runs of a list. */
export type ScenariosOptions = Pick<ScenarioRunOptions, "seed" | "demand">;

/**
 * Runs scenarios on the real contracts, each with the windows that it is about. One that fails does not hold up the others.
 * @param onRecord Hears of each run as it ends
 */
export async function runScenarios(
  hardhat: HardhatRuntime,
  scenarios: readonly NamedScenario[],
  { seed, demand }: ScenariosOptions,
  onRecord: (record: Pick<ScenarioRecord, "name" | "window" | "ok">) => void = () => {},
): Promise<ScenarioResults> {
  const ledgers = new ChainLedgers(hardhat);
  const metrics = new RunMetricsRegistry();
  const records: ScenarioRecord[] = [];
  const pictures: PictureRecord[] = [];
  const traces: string[] = [];
  const failures: string[] = [];
  try {
    for (const scenario of scenarios) {
      for (const window of scenario.windows ?? BOTH_WINDOWS) {
        const heading = `# ${scenario.name}, window ${window}, seed ${seed}`;
        let ok = true;
        try {
          const run = await playScenario((setup) => ledgers.open(setup), scenario, { seed, window, demand });
          metrics.observe(run);
          traces.push(`${heading}\n${run.trace.render()}`);
          const { name, title } = scenario;
          if (run.timeline !== undefined) {
            pictures.push({ name, title, window, seed, arranged: describeSetup(run.setup), timeline: run.timeline });
          }
          try {
            assertExpectations(run, scenario.expect(window));
          } catch (error) {
            ok = false;
            failures.push(explain(heading, error));
          }
          records.push(makeScenarioRecord(scenario, { window, seed, ledger: "chain", ok }, run.metrics));
        } catch (error) {
          ok = false;
          failures.push(explain(heading, error));
        }
        onRecord({ name: scenario.name, window, ok });
      }
    }
  } finally {
    await ledgers.close();
  }
  return { records, metrics, pictures, traces, failures };
}

/** Looks at every run of a list before the first begins. @throws what `assertValidSetup` throws, of the first that contradicts itself */
export function assertValidScenarios(scenarios: readonly NamedScenario[], options: ScenariosOptions): void {
  for (const scenario of scenarios) {
    for (const window of scenario.windows ?? BOTH_WINDOWS) {
      assertValidSetup(setUpScenario(scenario, { ...options, window }));
    }
  }
}

/** @throws what is no error of this project */
function explain(heading: string, error: unknown): string {
  if (!(error instanceof BuildAheadError)) throw error;
  return `${heading}\n${error.message}`;
}
