import { advanceToEpoch } from "../network/advance.ts";
import { epochAt } from "../protocol/time.ts";
import { landFirstOfEpoch } from "./onTimeSeries.ts";
import type { Scenario } from "./scenario.ts";

/** A scenario: the clock goes to the next epoch, and its first checkpoint lands on time. */
export function makeNewEpoch(id: string): Scenario {
  return {
    id,
    needs: {},
    run: async ({ world }) => {
      const { chain, rollup } = world;
      await advanceToEpoch(chain, rollup, epochAt(rollup.timing, await chain.now()) + 1n);
      await landFirstOfEpoch(world, `${id}.firstOfEpoch`);
    },
  };
}
