import type { Hex } from "viem";

import type { L1TransactionRequest } from "../l1/l1Transaction.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { FuzzWorld } from "./fuzzWorld.ts";
import type { Plan } from "./plan.ts";

/** Plans a transaction, or nothing when the world has no use for it. */
export type FuzzAction = (world: FuzzWorld) => Promise<Plan | undefined>;

/** A transaction to the rollup, with gas for anything. */
export function toRollup(world: FuzzWorld, from: L1TransactionRequest["from"], data: Hex): L1TransactionRequest {
  return { from, to: world.rollup.address, data, gas: 12_000_000n };
}

/** Both rollups have one address. */
export const contractOf = ({ rollup }: FuzzWorld) => ({ address: rollup.address, abi: RollupAbi }) as const;

export const readManaTarget = (world: FuzzWorld): Promise<bigint> =>
  world.twin.chain.publicClient.readContract({ ...contractOf(world), functionName: "getManaTarget" });
