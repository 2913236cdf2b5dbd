import { encodeFunctionData } from "viem";

import { RollupAbi } from "../upstream/abis.ts";
import type { AttestedCheckpoint } from "./attestedCheckpoint.ts";
import type { RollupView } from "./rollupView.ts";

/**
 * Asks L1 whether it would accept a checkpoint at a time. Blobs are taken as given, the parent must have landed, and the quorum
 * is counted although an on-time `propose` does not count it. No v4.1.2 node asks this before it gossips: they simulate `propose`.
 *
 * @param timestamp Unix seconds of the L1 block that would include it.
 * @throws L1RevertError with the rollup's reason.
 */
export async function checkHeader(
  { chain, rollup }: RollupView,
  checkpoint: AttestedCheckpoint,
  timestamp: bigint,
): Promise<void> {
  const { proposeArgs, attestations, signers, signature, digest, blobsHash } = checkpoint;
  const data = encodeFunctionData({
    abi: RollupAbi,
    functionName: "validateHeaderWithAttestations",
    args: [proposeArgs.header, attestations, signers, signature, digest, blobsHash, { ignoreDA: false }],
  });
  await chain.call({ to: rollup.address, data, timestamp });
}
