import { decodeFunctionResult, encodeFunctionData, getAddress, type Address } from "viem";

import type { L1Chain } from "../l1/l1Chain.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { RollupDeployment } from "./deployment.ts";

// Pure time arithmetic of upstream's TimeLib over a deployment's own configuration. Slots and epochs are numbers of their
// kind, timestamps are Unix seconds.

/** Slot at a timestamp. Source: `TimeLib.slotFromTimestamp`. */
export function slotAt(rollup: RollupDeployment, timestamp: bigint): bigint {
  return (timestamp - rollup.genesisTime) / rollup.config.aztecSlotDuration;
}

/** First second of a slot. Source: `TimeLib.toTimestamp(Slot)`. */
export function slotStart(rollup: RollupDeployment, slot: bigint): bigint {
  return rollup.genesisTime + slot * rollup.config.aztecSlotDuration;
}

/** Epoch of a slot. Source: `TimeLib.epochFromSlot`. */
export function epochOfSlot(rollup: RollupDeployment, slot: bigint): bigint {
  return slot / rollup.config.aztecEpochDuration;
}

/** First slot of an epoch. Source: `TimeLib.toSlots`. */
export function firstSlotOfEpoch(rollup: RollupDeployment, epoch: bigint): bigint {
  return epoch * rollup.config.aztecEpochDuration;
}

/** First second of an epoch. */
export function epochStart(rollup: RollupDeployment, epoch: bigint): bigint {
  return slotStart(rollup, firstSlotOfEpoch(rollup, epoch));
}

/**
 * The committee of an epoch, in committee order (a static call: upstream samples through transient storage).
 * @throws L1RevertError `ValidatorSelection__EpochNotStable` when the epoch's seed is not determined yet, and
 * `ValidatorSelection__InsufficientValidatorSetSize` when there were too few validators.
 */
export async function getCommittee(
  chain: L1Chain,
  rollup: RollupDeployment,
  epoch: bigint,
): Promise<readonly Address[]> {
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "getEpochCommittee", args: [epoch] });
  const result = await chain.call({ to: rollup.address, data });
  return decodeFunctionResult({ abi: RollupAbi, functionName: "getEpochCommittee", data: result });
}

/** The committee member assigned to a slot. Throws like {@link getCommittee}. */
export async function getProposer(chain: L1Chain, rollup: RollupDeployment, slot: bigint): Promise<Address> {
  const args = [slotStart(rollup, slot)] as const;
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "getProposerAt", args });
  const result = await chain.call({ to: rollup.address, data });
  return getAddress(decodeFunctionResult({ abi: RollupAbi, functionName: "getProposerAt", data: result }));
}

/** First epoch whose validator set is sampled at or after `timestamp`: the first that sees a set completed by then. */
export function firstEpochSampledAfter(rollup: RollupDeployment, timestamp: bigint): bigint {
  const elapsed = timestamp - rollup.genesisTime;
  const epochSeconds = rollup.config.aztecEpochDuration * rollup.config.aztecSlotDuration;
  return (elapsed + epochSeconds - 1n) / epochSeconds + rollup.config.lagInEpochsForValidatorSet;
}

/** Moves the clock to the first second of an epoch, unless it is there or later already. Mines a block. */
export async function advanceToEpoch(chain: L1Chain, rollup: RollupDeployment, epoch: bigint): Promise<void> {
  const target = epochStart(rollup, epoch);
  if ((await chain.now()) < target) await chain.mineAt(target);
}

/** Moves the clock to the first second of a slot. Mines a block. @throws L1ClockError when that second has passed. */
export async function advanceToSlot(chain: L1Chain, rollup: RollupDeployment, slot: bigint): Promise<void> {
  await chain.mineAt(slotStart(rollup, slot));
}
