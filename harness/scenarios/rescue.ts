import type { LocalAccount } from "viem";

import { decodeRecorded } from "../accounting/lateSubmissionEvents.ts";
import { asRescued, type AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import type { LandOptions, World } from "../world/world.ts";
import { expectLanded } from "./expectations.ts";
import { publish } from "./publish.ts";
import { ScenarioFailedError, type Scenario } from "./scenario.ts";

/** Lands a checkpoint late, and sees that the rollup has a record of it. @param words For people: what kind of late it is */
export async function landLate(
  world: World,
  id: string,
  words: string,
  checkpoint: AttestedCheckpoint,
  options: LandOptions,
): Promise<void> {
  const landing = await world.land(checkpoint, options);
  expectLanded(world, { id, name: `slot ${checkpoint.slot} late: ${words}` }, landing);
  const recorded = decodeRecorded(landing.receipt, world.rollup.address).map(({ slot }) => slot);
  if (recorded.join() !== `${checkpoint.slot}`) {
    throw new ScenarioFailedError(id, `a record of slot ${checkpoint.slot}`, `records of [${recorded.join(", ")}]`);
  }
}

interface RescueOptions {
  readonly id: string;
  /** For people. */
  readonly words: string;
  /** Seconds into the next slot: 0 or {@link SECOND_BLOCK}. */
  readonly delay: bigint;
  readonly sender: (world: World, checkpoint: AttestedCheckpoint) => Promise<LocalAccount>;
  /** Members at least; default any number. */
  readonly committee?: number;
  /** What is sent of the checkpoint; default what was gossiped, see `asRescued`. */
  readonly sent?: (world: World, checkpoint: AttestedCheckpoint) => Promise<AttestedCheckpoint>;
  /** Default: more than enough. */
  readonly gasLimit?: LandOptions["gasLimit"];
}

/** The slot's second L1 block, in seconds into it. */
export const SECOND_BLOCK = 12n;
/** Seconds into its slot at which the checkpoint on top of a late one lands: its third L1 block, which the shortest slots have. */
const ON_TOP = 24n;

/** A scenario: one slot lands late, and the next slot's own checkpoint lands on top of it on time. */
export function makeRescue(options: RescueOptions): Scenario {
  const { id, words, delay, committee, sender, sent = sendGossiped, gasLimit } = options;
  return {
    id,
    needs: { slots: 2, windowSeconds: Number(delay) + 1, ...(committee === undefined ? {} : { committee }) },
    run: async ({ world }) => {
      const checkpoint = await world.build(await world.nextSlot());
      const { slot } = checkpoint;
      await landLate(world, `${id}.land`, words, await sent(world, checkpoint), {
        timestamp: world.at(slot + 1n, delay),
        from: await sender(world, checkpoint),
        ...(gasLimit === undefined ? {} : { gasLimit }),
      });
      const next = await publish(world, await world.build(slot + 1n), { timestamp: world.at(slot + 1n, ON_TOP) });
      expectLanded(world, { id: `${id}.next`, name: `slot ${slot + 1n} on time, on top of it` }, next);
    },
  };
}

const sendGossiped: NonNullable<RescueOptions["sent"]> = async (_world, checkpoint) => asRescued(checkpoint);
