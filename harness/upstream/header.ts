import { zeroHash } from "viem";

import { EMPTY_EPOCH_OUT_HASH } from "./constants.ts";
import { Fr } from "./foundation.ts";
import { CheckpointHeader } from "./stdlib.ts";

/** A checkpoint header as `propose` takes it (upstream's `ProposedHeader`). Slot start in Unix seconds, fees per mana. */
export type HeaderFields = ReturnType<CheckpointHeader["toViem"]>;

/** The epoch's out hash as long as no checkpoint of it has sent a message to L1. */
export const EMPTY_OUT_HASH = new Fr(EMPTY_EPOCH_OUT_HASH).toString();

/** A header from the fields that matter; the others are neutral. Only L1's state makes one valid: see `buildCheckpoint`. */
export function makeHeader(fields: Partial<HeaderFields>): CheckpointHeader {
  return CheckpointHeader.fromViem({
    lastArchiveRoot: zeroHash,
    blockHeadersHash: zeroHash,
    blobsHash: zeroHash,
    inHash: zeroHash,
    outHash: EMPTY_OUT_HASH,
    slotNumber: 0n,
    timestamp: 0n,
    coinbase: "0x0000000000000000000000000000000000000001",
    feeRecipient: zeroHash,
    gasFees: { feePerDaGas: 0n, feePerL2Gas: 0n },
    totalManaUsed: 0n,
    ...fields,
  });
}
