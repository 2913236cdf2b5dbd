import type { Hex, TransactionReceipt } from "viem";

import { RollupAbi } from "../upstream/abis.ts";
import type { Lane } from "./openLane.ts";

/** Calls the lane's rollup as its owner, governance: an override where a vote would take weeks of chain time. */
export async function executeAsOwner(lane: Lane, data: Hex): Promise<TransactionReceipt> {
  const { address } = lane.rollup;
  const owner = await lane.chain.publicClient.readContract({ address, abi: RollupAbi, functionName: "owner" });
  return lane.chain.executeAs(owner, { to: address, data });
}
