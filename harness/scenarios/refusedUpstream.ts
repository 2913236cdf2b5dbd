import { expectRefused } from "./expectations.ts";
import { FOREIGN_SLOT } from "./revertNames.ts";
import type { Scenario } from "./scenario.ts";

/** What this package is about: on upstream's rollup a checkpoint that is one L1 block too late is lost. */
export const refusedUpstream: Scenario = {
  id: "upstream.late",
  needs: { slots: 1 },
  run: async ({ world }) => {
    const checkpoint = await world.build(await world.nextSlot());
    const landing = await world.land(checkpoint, { timestamp: world.at(checkpoint.slot + 1n) });
    const name = `slot ${checkpoint.slot}: a checkpoint one block late`;
    expectRefused(world, { id: "upstream.late.refused", name }, landing, FOREIGN_SLOT);
  },
};
