import type { PrivateKeyAccount } from "viem";

import { Sequencer } from "../../../harness/world/world.ts";
import { openLane, type Lane } from "../../../harness/bench/openLane.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { firstSlotOfEpoch, slotStart } from "../../../harness/protocol/time.ts";

/** The extended rollup as the bench measures it, short of its twin and with a small committee. */
export interface ExtendedLane {
  readonly lane: Lane;
  readonly sequencer: Sequencer;
  /** Sends what a proposer does not send itself. */
  readonly rescuer: PrivateKeyAccount;
  /** The first slot of the first epoch with a committee. */
  readonly firstSlot: bigint;
  /** Unix seconds: so many after the start of a slot. */
  at(slot: bigint, seconds: bigint): bigint;
}

/** @param committee Members, out of as many validators */
export async function openExtendedLane(committee: number): Promise<ExtendedLane> {
  const lane = await openLane({ kind: "build-ahead", hardfork: "osaka", committee, validatorCount: committee });
  const { chain, rollup, validators, firstEpoch } = lane;
  const rescuer = deriveAccount("prototypes", "rescuer").account;
  await chain.setBalance(rescuer.address, 10n ** 20n);
  return {
    lane,
    sequencer: new Sequencer({ deployment: lane, rollup, validators, seed: "prototypes" }),
    rescuer,
    firstSlot: firstSlotOfEpoch(rollup.timing, firstEpoch),
    at: (slot, seconds) => slotStart(rollup.timing, slot) + seconds,
  };
}
