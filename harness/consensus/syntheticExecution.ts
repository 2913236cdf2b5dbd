import type { Hex } from "viem";

import { encodeCheckpointBlobDataFromBlocks, getNumTxBlobFields } from "../upstream/blobLib.ts";
import { FIELDS_PER_BLOB } from "../upstream/constants.ts";
import { BlockNumber, Fr } from "../upstream/foundation.ts";
import { deriveField } from "./deriveField.ts";

export interface SyntheticExecutionOptions {
  /** Decides the content: two seeds on one parent and slot are two different sets of transactions. */
  readonly seed: string;
  readonly number: bigint;
  readonly slot: bigint;
  /** Unix seconds. */
  readonly timestamp: bigint;
  readonly parentArchive: Hex;
  readonly manaUsed: bigint;
  /** Blobs that the content fills, the last one only a little. */
  readonly blobCount: number;
}

/** What a node would have after executing a checkpoint's blocks. */
export interface SyntheticExecution {
  /** The archive root after the checkpoint. */
  readonly archive: Hex;
  readonly blockHeadersHash: Hex;
  /** The checkpoint's effects in upstream's blob encoding: an archiver decodes them. */
  readonly blobFields: readonly Fr[];
}

/** Fields of the last blob. A commitment costs the same however full the blob is; hashing the fields does not. */
const FIELDS_IN_LAST_BLOB = 64;

/**
 * Stands in for L2 execution: roots and effects are derived from the seed, the parent and the slot, so identical content on
 * an identical parent has an identical archive root, and nothing else has.
 */
export function executeSynthetically(options: SyntheticExecutionOptions): SyntheticExecution {
  const { seed, number, slot, timestamp, parentArchive, manaUsed, blobCount } = options;
  const field = (role: string, index = 0) =>
    deriveField(seed, role, index, number, slot, parentArchive, manaUsed, blobCount);

  // One block with one transaction whose public log is as long as the blobs need.
  const effects = {
    numNoteHashes: 0,
    numNullifiers: 1,
    numL2ToL1Msgs: 0,
    numPublicDataWrites: 0,
    numPrivateLogs: 0,
    privateLogsLength: 0,
    publicLogsLength: 0,
    contractClassLogLength: 0,
  };
  const encode = (publicLogsLength: number) => {
    const counted = { ...effects, publicLogsLength };
    return encodeCheckpointBlobDataFromBlocks([
      {
        txs: [
          {
            txStartMarker: { ...counted, revertCode: 0, numBlobFields: getNumTxBlobFields(counted) },
            txHash: field("transaction hash"),
            transactionFee: new Fr(manaUsed),
            noteHashes: [],
            nullifiers: [field("nullifier")],
            l2ToL1Msgs: [],
            publicDataWrites: [],
            privateLogs: [],
            publicLogs: Array.from({ length: publicLogsLength }, (_, index) => field("public log", index)),
            contractClassLog: [],
          },
        ],
        blockEndMarker: { timestamp, blockNumber: BlockNumber(Number(number)), numTxs: 1 },
        blockEndStateField: {
          l1ToL2MessageNextAvailableLeafIndex: 0,
          noteHashNextAvailableLeafIndex: 0,
          nullifierNextAvailableLeafIndex: Number(number),
          publicDataNextAvailableLeafIndex: 0,
          totalManaUsed: manaUsed,
        },
        lastArchiveRoot: Fr.fromString(parentArchive),
        noteHashRoot: field("note hash root"),
        nullifierRoot: field("nullifier root"),
        publicDataRoot: field("public data root"),
        l1ToL2MessageRoot: field("message root"),
      },
    ]);
  };
  const overhead = encode(0).length;
  return {
    archive: field("archive").toString(),
    blockHeadersHash: field("block headers").toString(),
    blobFields: encode((blobCount - 1) * FIELDS_PER_BLOB + FIELDS_IN_LAST_BLOB - overhead),
  };
}
