import { encodeFunctionData, type Hex } from "viem";

import { RollupAbi } from "../upstream/abis.ts";
import type { World } from "../world/world.ts";

/**
 * Has L1 sample the committee of the epoch that has begun, and keep the randomness from which the next epoch's is drawn. Anybody may. The first
 * checkpoint that lands in an epoch does it otherwise; until then the next committee is anybody's guess.
 * @param timestamp Unix seconds of its L1 block; that of the latest one will do
 */
export async function setUpEpoch(world: World, timestamp: bigint, prevRandao: Hex): Promise<void> {
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "setupEpoch" });
  const request = { from: await world.account("epoch keeper"), to: world.rollup.address, data };
  await world.chain.execute(request, { timestamp, prevRandao, sameTimestamp: true });
}
