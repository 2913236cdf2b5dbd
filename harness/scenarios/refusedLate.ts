import { expectLanded, expectRefused } from "./expectations.ts";
import { publish } from "./publish.ts";
import { FOREIGN_SLOT } from "./revertNames.ts";
import type { Scenario } from "./scenario.ts";

/**
 * A scenario: a checkpoint that is one L1 block too late is lost, and the next slot's own lands on what was there before. So it is
 * on upstream's rollup, which is what this package is about, and on ours while the window is closed.
 */
export function makeRefusedLate(id: string): Scenario {
  return {
    id,
    needs: { slots: 2 },
    run: async ({ world }) => {
      const checkpoint = await world.build(await world.nextSlot());
      const { slot } = checkpoint;
      const landing = await publish(world, checkpoint, { timestamp: world.at(slot + 1n) });
      const name = `slot ${slot}: a checkpoint one block late`;
      expectRefused(world, { id: `${id}.refused`, name }, landing, FOREIGN_SLOT);
      const next = await publish(world, await world.build(slot + 1n));
      expectLanded(world, { id: `${id}.next`, name: `slot ${slot + 1n} on time, without it` }, next);
    },
  };
}
