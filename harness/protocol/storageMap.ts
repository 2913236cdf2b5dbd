import { concatHex, hexToBigInt, keccak256, stringToHex, toHex, type Hex } from "viem";

import { logPlace, marksPlace, recordPlace, type RingTiming } from "./rings.ts";
import type { CheckpointNumber, Epoch, Slot } from "./units.ts";

// Where the rollup keeps what it remembers. Places are words, numbered by their position in its storage.

/** A number as a word of storage: 32 bytes, big-endian. */
export function toWord(value: bigint): Hex {
  return toHex(value, { size: 32 });
}

/** Where the value of a mapping's key begins. Source: Solidity's layout, keccak256(key . position). */
export function mappingWord(key: bigint, position: bigint): bigint {
  return hexToBigInt(keccak256(concatHex([toWord(key), toWord(position)])));
}

/** Where an element of a dynamic array of whole words is; the length is at `position` itself. */
export function elementWord(index: bigint, position: bigint): bigint {
  return hexToBigInt(keccak256(toWord(position))) + index;
}

/** Upstream's namespaces are plain hashes of their names. Source: `STFLib.STF_STORAGE_POSITION` and its siblings. */
export function upstreamNamespace(name: string): bigint {
  return hexToBigInt(keccak256(stringToHex(name)));
}

/** ERC-7201: keccak256(abi.encode(uint256(keccak256(name)) - 1)) with the last byte cleared. */
export function erc7201Namespace(name: string): bigint {
  return hexToBigInt(keccak256(toWord(upstreamNamespace(name) - 1n))) & ~0xffn;
}

// ---- `RollupStore`: tips, archives by number, logs in a ring ----

/** The word of both tips. */
export const TIPS_WORD = upstreamNamespace("aztec.stf.storage");

/** Fields of a checkpoint's log, a word each, in order. Source: `CompressedTempCheckpointLog`. */
export const LOG_FIELDS = [
  "headerHash",
  "blobCommitmentsHash",
  "outHash",
  "attestationsHash",
  "payloadDigest",
  "slot",
  "feeHeader",
] as const;
export type LogField = (typeof LOG_FIELDS)[number];

/** Both tips as they are stored, the pending one in the high half. Source: `ChainTipsLib`. */
export function packTips(pending: CheckpointNumber, proven: CheckpointNumber): bigint {
  return (pending << 128n) | proven;
}

/** Where the archive root after a checkpoint is. */
export function archiveWord(number: CheckpointNumber): bigint {
  return mappingWord(number, TIPS_WORD + 1n);
}

/** Where a field of a checkpoint's log is, while its place in the ring has not come round again. */
export function logWord(timing: RingTiming, number: CheckpointNumber, field: LogField): bigint {
  return mappingWord(logPlace(timing, number), TIPS_WORD + 2n) + BigInt(LOG_FIELDS.indexOf(field));
}

// ---- `RollupStore.config`: circuits' roots, then version and addresses. Source: `RollupConfig` of `IRollup.sol` ----

/** The root of the circuits' verification keys. */
export const VK_TREE_ROOT_WORD = TIPS_WORD + 3n;
/** The hash over L2's protocol contracts. */
export const PROTOCOL_CONTRACTS_HASH_WORD = TIPS_WORD + 4n;
/** The address of who verifies the proofs of epochs. */
export const VERIFIER_WORD = TIPS_WORD + 7n;

// ---- `StakingStorage` ----

/** How many validators may enter per epoch, five numbers of 32 bits. Source: `StakingQueueConfigLib`. */
export const STAKING_QUEUE_CONFIG_WORD = upstreamNamespace("aztec.core.staking.storage") + 4n;

// ---- `FeeStore` ----

/** The fee configuration. */
export const FEE_CONFIG_WORD = upstreamNamespace("aztec.fee.storage");
/** The L1 gas oracle's two values begin here. */
export const FEE_ORACLE_WORD = FEE_CONFIG_WORD + 1n;

// ---- `ValidatorSelectionStorage`: commitments by epoch, randaos as a list of (uint32 epoch start, uint224 value) ----

/** The mapping of committee commitments. */
export const SELECTION_NAMESPACE = upstreamNamespace("aztec.validator_selection.storage");
/** How many randaos are stored. */
export const RANDAO_COUNT_WORD = SELECTION_NAMESPACE + 1n;

/** Where the commitment to an epoch's committee is memoised. */
export function committeeCommitmentWord(epoch: Epoch): bigint {
  return mappingWord(epoch, SELECTION_NAMESPACE);
}

/** Where a randao is, by its place in the list. */
export function randaoWord(index: bigint): bigint {
  return elementWord(index, RANDAO_COUNT_WORD);
}

// ---- `LateSubmissionStorage`: terms, marks by epoch, records by slot, both in rings ----

/** The word of the terms; the namespace begins with them. */
export const LATE_TERMS_WORD = erc7201Namespace("buildahead.storage.LateSubmission");
/** Words of a record: submitter, slot, delay and split; then proposer, number and whether it is settled. */
export const RECORD_WORDS = 2n;
/** Bits of a word of marks below its epoch's number. Source: `LateSubmissionLib.MAX_EPOCH_DURATION`. */
const MARK_BITS = 224n;

/** Where an epoch's word of marks is. */
export function marksWord(timing: Pick<RingTiming, "proofSubmissionEpochs">, epoch: Epoch): bigint {
  return mappingWord(marksPlace(timing, epoch), LATE_TERMS_WORD + 1n);
}

/** Where the first of a record's words is; the second one follows. */
export function recordWord(timing: RingTiming, slot: Slot): bigint {
  return mappingWord(recordPlace(timing, slot), LATE_TERMS_WORD + 2n);
}

/** A word of marks taken apart: the epoch it belongs to, and a bit for each slot, the first one lowest. */
export function unpackMarks(word: bigint): { readonly epoch: Epoch; readonly bits: bigint } {
  return { epoch: word >> MARK_BITS, bits: word & ((1n << MARK_BITS) - 1n) };
}
