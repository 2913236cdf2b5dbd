import type { Hex } from "viem";

import { InboxAbi } from "../upstream/abis.ts";
import type { RollupView } from "./rollupView.ts";

export interface InHash {
  /** Root of the messages that the checkpoint must consume, as L1 would give it now. */
  readonly inHash: Hex;
  /** Whether no later message can join them: the inbox fills a later checkpoint already. */
  readonly isFinal: boolean;
}

/**
 * Reads the message root of a checkpoint number from the inbox. With a lag of 1 the next checkpoint's tree closes when its
 * parent lands, so what is built earlier may be wrong; with 2 it is closed one checkpoint sooner.
 */
export async function readInHash({ chain, rollup }: RollupView, checkpointNumber: bigint): Promise<InHash> {
  const contract = { address: rollup.inbox, abi: InboxAbi } as const;
  const [inHash, inProgress] = await Promise.all([
    chain.publicClient.readContract({ ...contract, functionName: "getRoot", args: [checkpointNumber] }),
    chain.publicClient.readContract({ ...contract, functionName: "getInProgress" }),
  ]);
  return { inHash, isFinal: checkpointNumber < inProgress };
}
