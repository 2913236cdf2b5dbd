import { windowAwareGasLimit } from "../consensus/publisherGas.ts";
import { expectLanded, expectRefused } from "./expectations.ts";
import { publish } from "./publish.ts";
import { makeRescue } from "./rescue.ts";
import { OUT_OF_GAS } from "./revertNames.ts";
import type { Scenario } from "./scenario.ts";

/**
 * A proposer's own transaction is mined one L1 block too late, in the first one of the next slot, just as it was sent: its publisher has
 * set a gas limit that covers it.
 */
export const boundarySlip = makeRescue({
  id: "late.boundarySlip",
  words: "boundary-slip",
  delay: 0n,
  sender: async (world, { slot }) => world.proposerOf(slot),
  sent: async (_world, checkpoint) => checkpoint,
  gasLimit: windowAwareGasLimit,
});

/**
 * The same slip with the gas limit of an unmodified v4.1.2 publisher: it cannot pay for a late landing, burns what it has, and the next
 * slot's own checkpoint lands without it.
 */
export const unpaidSlip: Scenario = {
  id: "unpaidSlip",
  needs: { slots: 2, windowSeconds: 1 },
  run: async ({ world }) => {
    const checkpoint = await world.build(await world.nextSlot());
    const { slot } = checkpoint;
    const landing = await publish(world, checkpoint, { timestamp: world.at(slot + 1n) });
    const label = { id: "unpaidSlip.burned", name: `slot ${slot}: one block late, with gas for on time` };
    expectRefused(world, { ...label, note: "runs out of gas: burns nearly all of its limit" }, landing, OUT_OF_GAS);
    const next = await publish(world, await world.build(slot + 1n));
    expectLanded(world, { id: "unpaidSlip.next", name: `slot ${slot + 1n} on time, without it` }, next);
  },
};
