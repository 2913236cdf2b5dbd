import { toHex, type Hex } from "viem";

import { aztecClient } from "../network/aztecClient.ts";
import { retrieveCheckpointsFromRollup, retrievedToPublishedCheckpoint } from "../upstream/archiver.ts";
import type { Blob } from "../upstream/blobLib.ts";
import { RollupContract } from "../upstream/contracts.ts";
import { LogLevels } from "../upstream/foundation.ts";
import { preparePoseidon } from "../upstream/poseidon.ts";
import type { RollupView } from "./rollupView.ts";

/** Where an archiver gets blobs from: a beacon node, or whoever keeps them. Keyed by versioned hash. */
export type BlobSource = (versionedHashes: readonly Hex[]) => Promise<readonly Blob[]>;

export interface RetrieveOptions {
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
  readonly blobs: BlobSource;
}

/** A checkpoint as a node keeps it: header, blocks with their transactions' effects, attestations, and where on L1 it was. */
export type PublishedCheckpoint = Awaited<ReturnType<typeof retrievedToPublishedCheckpoint>>;

/**
 * Reads checkpoints and their content from a range of L1 blocks, with the archiver's own functions: what v4.1.2 nodes make of them, in
 * the order in which they make it.
 */
export async function retrieveCheckpoints(
  { chain, rollup }: RollupView,
  { fromBlock, toBlock, blobs }: RetrieveOptions,
): Promise<readonly PublishedCheckpoint[]> {
  const client = aztecClient(chain);
  // Upstream's types name a fork of viem, and whole classes of which one method is called.
  const dependencies = [
    new RollupContract(client, rollup.address),
    client,
    client,
    {
      getBlobSidecar: async (_block: string, hashes: readonly Buffer[]) => [
        ...(await blobs(hashes.map((hash) => toHex(hash)))),
      ],
    },
    fromBlock,
    toBlock,
    { recordBlockProposalTxTarget: () => {} },
    Object.fromEntries(LogLevels.map((level) => [level, () => {}])),
  ] as unknown as Parameters<typeof retrieveCheckpointsFromRollup>;
  await preparePoseidon();
  return Promise.all((await retrieveCheckpointsFromRollup(...dependencies)).map(retrievedToPublishedCheckpoint));
}
