import type { Address } from "viem";

import { governanceSignalCall, slashingVoteCall } from "../consensus/bundledCalls.ts";
import type { World } from "../world/world.ts";
import { expectLanded, expectRefused, expectSkipped } from "./expectations.ts";
import { encodeNoVotes } from "./noVotes.ts";
import { RIVAL } from "./people.ts";
import { publish } from "./publish.ts";
import { SLOT_TAKEN } from "./revertNames.ts";
import type { Scenario } from "./scenario.ts";

/** Seconds into the slot at which the copies come: the third and the fourth L1 block. */
const ALONE_AT = 24n;
const BUNDLED_AT = 36n;

/**
 * A scenario: what has landed is sent again, alone by a rival, and by its proposer in a bundle whose other calls count all the same.
 * @param payload What the bundle signals for: any contract, for it never gets a quorum
 */
export function makeDuplicates(payload: Address): Scenario {
  return { id: "duplicates", needs: { slots: 1 }, run: ({ world }) => sendAgain(world, payload) };
}

async function sendAgain(world: World, payload: Address): Promise<void> {
  const { checkpoint, ...landed } = await publish(world, await world.build(await world.nextSlot()));
  const { slot } = checkpoint;
  expectLanded(world, { id: "duplicates.original", name: `slot ${slot} on time` }, { checkpoint, ...landed });

  const alone = await world.land(checkpoint, {
    timestamp: world.at(slot, ALONE_AT),
    from: await world.account(RIVAL),
  });
  const label = { name: `slot ${slot}: the same again, alone`, note: "costs the calldata floor of EIP-7623" };
  expectRefused(world, { id: "duplicates.alone", ...label }, alone, SLOT_TAKEN);

  const proposer = await world.proposerOf(slot);
  const bundled = await world.land(checkpoint, {
    timestamp: world.at(slot, BUNDLED_AT),
    from: proposer,
    bundle: {
      after: [
        await governanceSignalCall(world, proposer, slot, payload, false),
        await slashingVoteCall(world.view, proposer, slot, await encodeNoVotes(world.view), false),
      ],
    },
  });
  const name = `slot ${slot}: the same again, bundled with signal and vote`;
  const note = "signal and vote count all the same";
  await expectSkipped(world, { id: "duplicates.bundled", name, note }, bundled, SLOT_TAKEN);
}
