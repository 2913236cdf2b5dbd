import { zeroHash } from "viem";

import { retrievedToPublishedCheckpoint } from "../upstream/archiver.ts";
import { decodeCheckpointBlobDataFromBlobs } from "../upstream/blobLib.ts";
import { CheckpointNumber, Fr } from "../upstream/foundation.ts";
import { preparePoseidon } from "../upstream/poseidon.ts";
import { L1PublishedData } from "../upstream/stdlib.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { RollupView } from "./rollupView.ts";

/** A checkpoint with its blocks, as upstream's nodes pass it around. */
export type UpstreamCheckpoint = Awaited<ReturnType<typeof retrievedToPublishedCheckpoint>>["checkpoint"];

/** What a node of v4.1.2 would hold of a checkpoint that was built here: read out of its blobs with upstream's own code. */
export async function toUpstreamCheckpoint(
  { chain, rollup }: RollupView,
  { number, archive, header, proposeArgs, blobs }: Checkpoint,
): Promise<UpstreamCheckpoint> {
  await preparePoseidon();
  const { checkpoint } = await retrievedToPublishedCheckpoint({
    checkpointNumber: CheckpointNumber.fromBigInt(number),
    archiveRoot: Fr.fromString(archive),
    feeAssetPriceModifier: proposeArgs.oracleInput.feeAssetPriceModifier,
    header,
    checkpointBlobData: decodeCheckpointBlobDataFromBlobs([...blobs]),
    // It is on no L1 yet.
    l1: new L1PublishedData(0n, 0n, zeroHash),
    chainId: new Fr(chain.chainId),
    version: new Fr(rollup.version),
    attestations: [],
  });
  return checkpoint;
}
