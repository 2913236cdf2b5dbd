import type { Hex } from "viem";

import { RollupAbi } from "../upstream/abis.ts";
import type { FeeHeader } from "../protocol/feeHeader.ts";
import type { RollupView } from "./rollupView.ts";

/** What the next checkpoint builds on: a checkpoint on L1, or one that its builder hopes will get there. */
export interface CheckpointTip {
  readonly number: bigint;
  readonly slot: bigint;
  /** Archive root after this checkpoint. */
  readonly archive: Hex;
  readonly feeHeader: FeeHeader;
  /** What this one builds on, for a checkpoint that was built here; undefined when it was read from L1. */
  readonly parent?: CheckpointTip;
}

/**
 * The tip that `propose` would build on at a time: the pending one, or the proven one once the rest can be pruned.
 * @param timestamp Unix seconds; default the latest block's.
 */
export async function readTip({ chain, rollup }: RollupView, timestamp?: bigint): Promise<CheckpointTip> {
  const contract = { address: rollup.address, abi: RollupAbi } as const;
  const at = timestamp ?? (await chain.now());
  const [{ pending, proven }, isPrunable] = await Promise.all([
    chain.publicClient.readContract({ ...contract, functionName: "getTips" }),
    chain.publicClient.readContract({ ...contract, functionName: "canPruneAtTime", args: [at] }),
  ]);
  return readLandedCheckpoint({ chain, rollup }, isPrunable ? proven : pending);
}

/** A checkpoint as L1 knows it. Throws when L1 has dropped it from its ring of logs or does not have it yet. */
async function readLandedCheckpoint({ chain, rollup }: RollupView, number: bigint): Promise<CheckpointTip> {
  const { slotNumber, archive, feeHeader } = await chain.publicClient.readContract({
    address: rollup.address,
    abi: RollupAbi,
    functionName: "getCheckpoint",
    args: [number],
  });
  return { number, slot: slotNumber, archive, feeHeader };
}
