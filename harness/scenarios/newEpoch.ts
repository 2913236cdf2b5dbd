import { advanceToEpoch } from "../network/advance.ts";
import { epochAt } from "../protocol/time.ts";
import { landFirstOfEpoch } from "./onTimeSeries.ts";
import type { Scenario } from "./scenario.ts";

/** The clock goes to the next epoch, and its first checkpoint lands on time. */
export const newEpoch: Scenario = {
  id: "newEpoch",
  needs: {},
  run: async ({ world }) => {
    const { chain, rollup } = world;
    await advanceToEpoch(chain, rollup, epochAt(rollup.timing, await chain.now()) + 1n);
    await landFirstOfEpoch(world, "newEpoch.firstOfEpoch");
  },
};
