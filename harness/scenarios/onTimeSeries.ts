import type { World } from "../world/world.ts";
import { expectLanded } from "./expectations.ts";
import { publish } from "./publish.ts";
import type { Scenario } from "./scenario.ts";

interface OnTimeSeriesOptions {
  readonly id: string;
  /** Checkpoints after the epoch's first one. */
  readonly count: number;
}

/** The first checkpoint of an epoch, then punctual ones, whose gas can be compared. */
export function makeOnTimeSeries({ id, count }: OnTimeSeriesOptions): Scenario {
  return {
    id,
    needs: { slots: count + 1 },
    run: async ({ world }) => {
      await landFirstOfEpoch(world, `${id}.firstOfEpoch`);
      for (let index = 1; index <= count; index++) {
        const landing = await publish(world, await world.build(await world.nextSlot()));
        expectLanded(world, { id: `${id}.landing${index}`, name: `slot ${landing.checkpoint.slot} on time` }, landing);
      }
    },
  };
}

/** Lands the first checkpoint of an epoch on time. */
export async function landFirstOfEpoch(world: World, id: string): Promise<void> {
  const landing = await publish(world, await world.build(await world.nextSlot()));
  const name = `slot ${landing.checkpoint.slot} on time, first of its epoch`;
  expectLanded(world, { id, name, note: "sets up the epoch: samples the committee" }, landing);
}
