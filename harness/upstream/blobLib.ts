// Blobs: what a checkpoint's effects look like in them, their commitments and proofs.
export {
  BatchedBlobAccumulator,
  Blob,
  computeBlobsHashFromBlobs,
  decodeCheckpointBlobDataFromBlobs,
  getBlobsPerL1Block,
  getEthBlobEvaluationInputs,
  getKzg,
  getPrefixedEthBlobCommitments,
} from "@aztec/blob-lib";
export type { BatchedBlob } from "@aztec/blob-lib";
export { encodeCheckpointBlobDataFromBlocks } from "@aztec/blob-lib/encoding";
