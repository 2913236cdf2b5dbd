import type { Epoch, Seconds, Slot } from "./units.ts";

/** A rollup's clock: what its `TimeLib` was configured with. */
export interface RollupTiming {
  /** Unix seconds of slot 0. */
  readonly genesisTime: Seconds;
  readonly slotSeconds: Seconds;
  /** Slots of an epoch. */
  readonly epochSlots: bigint;
  /** Epochs after an epoch's end in which its proof is accepted. */
  readonly proofSubmissionEpochs: bigint;
  /** Epochs between the validator set's snapshot and the epoch it serves. */
  readonly validatorSetLagEpochs: bigint;
}

/** Slot at a timestamp. Source: `TimeLib.slotFromTimestamp`. */
export function slotAt({ genesisTime, slotSeconds }: RollupTiming, timestamp: Seconds): Slot {
  return (timestamp - genesisTime) / slotSeconds;
}

/** First second of a slot. Source: `TimeLib.toTimestamp(Slot)`. */
export function slotStart({ genesisTime, slotSeconds }: RollupTiming, slot: Slot): Seconds {
  return genesisTime + slot * slotSeconds;
}

/** Epoch of a slot. Source: `TimeLib.epochFromSlot`. */
export function epochOfSlot({ epochSlots }: RollupTiming, slot: Slot): Epoch {
  return slot / epochSlots;
}

/** Epoch at a timestamp. Source: `TimeLib.epochFromTimestamp`. */
export function epochAt(timing: RollupTiming, timestamp: Seconds): Epoch {
  return epochOfSlot(timing, slotAt(timing, timestamp));
}

/** First slot of an epoch. Source: `TimeLib.toSlots`. */
export function firstSlotOfEpoch({ epochSlots }: RollupTiming, epoch: Epoch): Slot {
  return epoch * epochSlots;
}

/** Last slot of an epoch. */
export function lastSlotOfEpoch(timing: RollupTiming, epoch: Epoch): Slot {
  return firstSlotOfEpoch(timing, epoch + 1n) - 1n;
}

/** First second of an epoch. */
export function epochStart(timing: RollupTiming, epoch: Epoch): Seconds {
  return slotStart(timing, firstSlotOfEpoch(timing, epoch));
}

/** Whether a proof of `epoch` is still accepted in `current`. Source: `TimeLib.isAcceptingProofsAtEpoch`. */
export function isAcceptingProofs({ proofSubmissionEpochs }: RollupTiming, epoch: Epoch, current: Epoch): boolean {
  return current <= epoch + proofSubmissionEpochs;
}

/** First epoch whose validator set is sampled at or after `timestamp`: the first that sees a set completed by then. */
export function firstEpochSampledAfter(timing: RollupTiming, timestamp: Seconds): Epoch {
  const epochSeconds = timing.epochSlots * timing.slotSeconds;
  return (timestamp - timing.genesisTime + epochSeconds - 1n) / epochSeconds + timing.validatorSetLagEpochs;
}
