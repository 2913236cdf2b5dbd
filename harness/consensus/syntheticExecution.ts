import type { Hex } from "viem";

import { encodeCheckpointBlobDataFromBlocks } from "../upstream/blobLib.ts";
import { FIELDS_PER_BLOB, MAX_PUBLIC_LOG_SIZE_IN_FIELDS } from "../upstream/constants.ts";
import { BlockNumber, Fr } from "../upstream/foundation.ts";
import { AztecAddress, PublicLog, RevertCode, TxEffect, TxHash } from "../upstream/stdlib.ts";
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

  // One block. Its transactions' public logs are as long as the blobs need.
  const encode = (logLengths: readonly number[]) =>
    encodeCheckpointBlobDataFromBlocks([
      {
        txs: logLengths.map((length, index) => makeTransaction(field, index, length, manaUsed).toTxBlobData()),
        blockEndMarker: { timestamp, blockNumber: BlockNumber(Number(number)), numTxs: logLengths.length },
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
  const blockOverhead = encode([]).length;
  const transactionOverhead = encode([0]).length - blockOverhead;
  const wanted = (blobCount - 1) * FIELDS_PER_BLOB + FIELDS_IN_LAST_BLOB - blockOverhead;
  return {
    archive: field("archive").toString(),
    blockHeadersHash: field("block headers").toString(),
    blobFields: encode(cutLogs(wanted, transactionOverhead)),
  };
}

/**
 * Lengths of one log for each transaction, so that transactions and logs together take `wanted` fields. A transaction's log holds a
 * bounded number of them, and what is left may be too little for another transaction.
 */
function cutLogs(wanted: number, overhead: number): readonly number[] {
  const lengths: number[] = [];
  for (let left = wanted; left > overhead; left -= overhead + (lengths.at(-1) ?? 0)) {
    lengths.push(Math.min(left - overhead, MAX_PUBLIC_LOG_SIZE_IN_FIELDS));
  }
  return lengths;
}

/** A transaction that nullifies something and logs something, of which the first one pays all fees. */
function makeTransaction(
  field: (role: string, index?: number) => Fr,
  index: number,
  logLength: number,
  fee: bigint,
): TxEffect {
  const log = Array.from({ length: logLength }, (_, place) =>
    field("public log", index * MAX_PUBLIC_LOG_SIZE_IN_FIELDS + place),
  );
  return TxEffect.from({
    revertCode: RevertCode.OK,
    txHash: new TxHash(field("transaction hash", index)),
    transactionFee: new Fr(index === 0 ? fee : 0n),
    noteHashes: [],
    nullifiers: [field("nullifier", index)],
    l2ToL1Msgs: [],
    publicDataWrites: [],
    privateLogs: [],
    publicLogs: [new PublicLog(new AztecAddress(field("contract")), log)],
    contractClassLogs: [],
  });
}
