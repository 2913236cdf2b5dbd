import { nameLateRecipientCall } from "../consensus/bundledCalls.ts";
import { expectLanded } from "./expectations.ts";
import { publish } from "./publish.ts";
import { landLate } from "./rescue.ts";
import type { Scenario } from "./scenario.ts";

/** The next proposer has built on a checkpoint that never came: it lands it first, in its own name, and then its own on top. */
export const lateByNextProposer: Scenario = {
  id: "late.nextProposer",
  needs: { slots: 2, windowSeconds: 1 },
  run: async ({ world }) => {
    const missed = await world.build(await world.nextSlot());
    const child = await world.build(missed.slot + 1n, { parent: missed });
    const next = await world.proposerOf(child.slot);
    await landLate(world, "late.nextProposer.land", "next-proposer", missed, {
      timestamp: world.at(child.slot),
      from: next,
      bundle: { before: [nameLateRecipientCall(world.view, next.address)], allowFailure: false },
    });
    const name = `slot ${child.slot} on time, built before its parent had landed`;
    expectLanded(world, { id: "late.nextProposer.next", name }, await publish(world, child));
  },
};
