import { toHex, type Hex } from "viem";

import type { BlobWrapper } from "../l1/l1Backend.ts";
import type { BlobSidecar } from "../l1/l1Transaction.ts";
import {
  computeBlobsHashFromBlobs,
  getBlobsPerL1Block,
  getKzg,
  getPrefixedEthBlobCommitments,
  type Blob,
} from "../upstream/blobLib.ts";
import type { Fr } from "../upstream/foundation.ts";

/** A checkpoint's data as it goes to L1. */
export interface CheckpointBlobs {
  readonly fields: readonly Fr[];
  readonly blobs: readonly Blob[];
  /** The header's `blobsHash`. */
  readonly blobsHash: Hex;
  /** `propose`'s `_blobInput`: the number of blobs, then their commitments. */
  readonly blobInput: Hex;
}

/**
 * Cuts fields into blobs and commits to them (40 ms per blob; the process's first call loads the KZG setup). Their proofs are begun on another
 * thread, while the checkpoint is built and attested: see {@link proveBlobs}.
 */
export async function makeBlobs(fields: readonly Fr[]): Promise<CheckpointBlobs> {
  const blobs = await getBlobsPerL1Block([...fields]);
  void proveBlobs(blobs);
  return {
    fields,
    blobs,
    blobsHash: computeBlobsHashFromBlobs(blobs).toString(),
    blobInput: getPrefixedEthBlobCommitments(blobs),
  };
}

const blobProofs = new WeakMap<Blob, Hex>();
const cellProofs = new WeakMap<Blob, readonly Hex[]>();
const proving = new WeakMap<Blob, Promise<void>>();

/** Proves blobs on another thread, unless somebody has begun to. Who waits for it spares `makeSidecars` 40 ms per blob. */
export async function proveBlobs(blobs: readonly Blob[]): Promise<void> {
  await Promise.all(
    blobs.map((blob) => {
      const known = proving.get(blob) ?? proveAside(blob);
      proving.set(blob, known);
      return known;
    }),
  );
}

async function proveAside(blob: Blob): Promise<void> {
  const proof = await getKzg().asyncComputeBlobKzgProof(blob.data, blob.commitment);
  blobProofs.set(blob, toHex(proof));
}

/** What a type-3 transaction carries beside its hashes; cell proofs only for a node that takes them, for they cost most. */
export function makeSidecars(blobs: readonly Blob[], wrapper: BlobWrapper): readonly BlobSidecar[] {
  return blobs.map((blob) => ({
    blob: toHex(blob.data),
    commitment: toHex(blob.commitment),
    proof: remember(blobProofs, blob, proveBlob),
    ...(wrapper === "cell-proofs" ? { cellProofs: remember(cellProofs, blob, proveCells) } : {}),
  }));
}

/** EIP-4844's proof of a whole blob. */
function proveBlob({ data, commitment }: Blob): Hex {
  return toHex(getKzg().computeBlobKzgProof(data, commitment));
}

/** The 128 cell proofs of EIP-7594, which Osaka's nodes want instead. */
export function proveCells({ data }: Blob): readonly Hex[] {
  return getKzg()
    .computeCellsAndKzgProofs(data)
    .proofs.map((proof) => toHex(proof));
}

/** A transaction that is sent again, or by somebody else, carries the same proofs. */
function remember<Proof>(known: WeakMap<Blob, Proof>, blob: Blob, prove: (blob: Blob) => Proof): Proof {
  const proof = known.get(blob) ?? prove(blob);
  known.set(blob, proof);
  return proof;
}
