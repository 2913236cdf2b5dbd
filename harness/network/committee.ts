import { decodeFunctionResult, encodeFunctionData, getAddress, type Address } from "viem";

import type { L1Node } from "../l1/l1Node.ts";
import { slotStart } from "../protocol/time.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { Rollup } from "./rollup.ts";

/**
 * The committee of an epoch, in committee order (a static call: upstream samples through transient storage).
 * @throws L1RevertError `ValidatorSelection__EpochNotStable` when the epoch's seed is not determined yet, and
 * `ValidatorSelection__InsufficientValidatorSetSize` when there were too few validators.
 */
export async function getCommittee(node: L1Node, { address }: Rollup, epoch: bigint): Promise<readonly Address[]> {
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "getEpochCommittee", args: [epoch] });
  const result = await node.call({ to: address, data });
  return decodeFunctionResult({ abi: RollupAbi, functionName: "getEpochCommittee", data: result });
}

/** The committee member assigned to a slot. Throws like {@link getCommittee}. */
export async function getProposer(node: L1Node, { address, timing }: Rollup, slot: bigint): Promise<Address> {
  const args = [slotStart(timing, slot)] as const;
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "getProposerAt", args });
  const result = await node.call({ to: address, data });
  return getAddress(decodeFunctionResult({ abi: RollupAbi, functionName: "getProposerAt", data: result }));
}
