import { BuildAheadError } from "../errors.ts";
import type { DeployedNetwork } from "../network/deployment.ts";
import type { World } from "../world/world.ts";
import { readTerms } from "./lateTerms.ts";

/** What a scenario has at hand. */
export interface ScenarioContext {
  readonly world: World;
}

/** For scenarios that deploy contracts or mint tokens. */
export interface DeployedContext extends ScenarioContext {
  readonly network: DeployedNetwork;
}

/** What a world must offer; nothing by default. */
interface ScenarioNeeds {
  /** Slots of the current epoch, from the next one on, that the scenario takes. */
  readonly slots?: number;
  /** Committee members at least. */
  readonly committee?: number;
  /** Seconds at least for which the window must be open. */
  readonly windowSeconds?: number;
}

/**
 * One thing that can happen to a rollup, with everything that has to follow from it: it sets the stage in a world, acts, and throws
 * at the first step that ends otherwise than it must. Each step is told to whoever listens to the world.
 */
export interface Scenario<Context extends ScenarioContext = ScenarioContext, Result = void> {
  /** What the ids of its steps begin with: lowerCamel words with dots. */
  readonly id: string;
  readonly needs: ScenarioNeeds;
  /** @throws ScenarioFailedError at the first step that does not end as expected. */
  readonly run: (context: Context) => Promise<Result>;
}

/** A step did not end as the design says it must. */
export class ScenarioFailedError extends BuildAheadError {
  constructor(step: string, expected: string, actual: string) {
    super(`The scenario failed at "${step}"`, { fields: { expected, actual } });
  }
}

/** A world does not offer what a scenario needs. */
export class ScenarioNeedsError extends BuildAheadError {
  constructor(scenario: string, need: keyof ScenarioNeeds, expected: number, actual: number) {
    super(`The scenario "${scenario}" cannot run here`, { fields: { need, expected, actual } });
  }
}

/**
 * Runs a scenario where it can run.
 * @throws ScenarioNeedsError before anything is done.
 * @throws ScenarioFailedError
 */
export async function runScenario<Context extends ScenarioContext, Result>(
  scenario: Scenario<Context, Result>,
  context: Context,
): Promise<Result> {
  await assertNeeds(scenario, context.world);
  return scenario.run(context);
}

async function assertNeeds({ id, needs }: Pick<Scenario, "id" | "needs">, world: World): Promise<void> {
  const { slots, committee, windowSeconds } = needs;
  const require = (need: keyof ScenarioNeeds, expected: number, actual: number) => {
    if (actual < expected) throw new ScenarioNeedsError(id, need, expected, actual);
  };
  if (committee !== undefined) require("committee", committee, Number(world.rollup.committeeSize));
  if (windowSeconds !== undefined) require("windowSeconds", windowSeconds, (await readTerms(world.view)).windowSeconds);
  if (slots !== undefined) {
    const next = await world.nextSlot();
    require("slots", slots, Number(world.firstSlotOf(world.epochOf(next) + 1n) - next));
  }
}
