import { BuildAheadError } from "../../errors.ts";
import type { HardhatRuntime } from "../../hardhatRuntime.ts";
import { findSimulatedScenarios } from "../../scenarios/findSimulated.ts";
import { runScenarios } from "../../scenarios/runScenarios.ts";
import { DEFAULT_SCENARIO_SEED } from "../../stage/scenarioSeed.ts";
import { roundTo3 } from "../../stage/durations.ts";
import type { ScenariosSpeed } from "./speedRecord.ts";

/** How fast something goes that does not go as it must says nothing. */
class ScenariosFailedError extends BuildAheadError {}

/**
 * Runs every scenario on the real contracts.
 * @param now A stopwatch, in milliseconds
 * @throws ScenariosFailedError when one of them fails
 */
export async function measureScenarios(hardhat: HardhatRuntime, now: () => number): Promise<ScenariosSpeed> {
  const scenarios = await findSimulatedScenarios();
  const started = now();
  const { records, failures } = await runScenarios(hardhat, scenarios, { seed: DEFAULT_SCENARIO_SEED });
  const seconds = roundTo3((now() - started) / 1000);
  if (failures.length > 0) throw new ScenariosFailedError(`${failures.length} scenarios failed: run them alone`);
  return { scenarios: scenarios.length, runs: records.length, seconds };
}
