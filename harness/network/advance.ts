import type { L1Chain } from "../l1/l1Chain.ts";
import { epochStart, slotStart } from "../protocol/time.ts";
import type { Rollup } from "./rollup.ts";

/** Moves the clock to the first second of an epoch, unless it is there or later already. Mines a block. */
export async function advanceToEpoch(chain: L1Chain, { timing }: Rollup, epoch: bigint): Promise<void> {
  const target = epochStart(timing, epoch);
  if ((await chain.now()) < target) await chain.mineAt(target);
}

/** Moves the clock to the first second of a slot. Mines a block. @throws L1ClockError when that second has passed. */
export async function advanceToSlot(chain: L1Chain, { timing }: Rollup, slot: bigint): Promise<void> {
  await chain.mineAt(slotStart(timing, slot));
}
