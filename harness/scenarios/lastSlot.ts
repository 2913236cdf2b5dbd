import { asRescued } from "../consensus/attestedCheckpoint.ts";
import { epochAt, lastSlotOfEpoch } from "../protocol/time.ts";
import { expectRefused } from "./expectations.ts";
import { readTerms } from "./lateTerms.ts";
import { THIRD_PARTY } from "./people.ts";
import { landLate } from "./rescue.ts";
import type { Scenario } from "./scenario.ts";

/** The last slot of the current epoch comes in the first L1 block of the next one: the terms decide whether it lands. */
export const lastSlot: Scenario = {
  id: "lastSlot",
  needs: { slots: 1, windowSeconds: 1 },
  run: async ({ world }) => {
    const { chain, rollup } = world;
    const { crossEpoch } = await readTerms(world.view);
    const slot = lastSlotOfEpoch(rollup.timing, epochAt(rollup.timing, await chain.now()));
    await chain.mineAt(world.at(slot));
    const checkpoint = asRescued(await world.build(slot));
    const options = { timestamp: world.at(slot + 1n), from: await world.account(THIRD_PARTY) };
    if (crossEpoch) {
      await landLate(world, "lastSlot.crossEpochOn.land", "cross-epoch", checkpoint, options);
      return;
    }
    const label = {
      id: "lastSlot.crossEpochOff.refused",
      name: `slot ${slot}: late in the next epoch, crossEpoch off`,
    };
    expectRefused(world, label, await world.land(checkpoint, options), "LateSubmission__CrossEpochClosed");
  },
};
