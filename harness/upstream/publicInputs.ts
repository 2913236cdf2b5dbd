import { concatHex, pad, sha256, slice, toHex, type Hex } from "viem";

import { MAX_CHECKPOINTS_PER_EPOCH } from "./constants.ts";
import type { EpochProofArgs } from "./epochProofArgs.ts";

/** What an epoch's circuits would prove, from the content alone: without a look at L1's storage. */
export interface EpochContent {
  readonly chainId: number;
  /** The rollup's version. */
  readonly version: bigint;
  /** Hashes of the checkpoints' headers, first to last. */
  readonly headerHashes: readonly Hex[];
  /** Commitments of all blobs from the epoch's first checkpoint on; undefined when the run begins later. */
  readonly blobCommitments: readonly Hex[] | undefined;
}

/** Words of a proof's public inputs by name; the two constants of the deployment and the opening's words are left out. */
export type NamedInputs = Readonly<Record<string, Hex>>;

/** What L1 must have assembled. Source: `EpochProofLib.getEpochProofPublicInputs`, `BlobLib.calculateBlobCommitmentsHash`. */
export function expectPublicInputs({ args, fees }: EpochProofArgs, content: EpochContent): NamedInputs {
  const { headerHashes, blobCommitments } = content;
  const word = (value: number | bigint) => toHex(value, { size: 32 });
  return {
    previousArchive: args.previousArchive,
    endArchive: args.endArchive,
    outHash: args.outHash,
    ...Object.fromEntries(headerHashes.map((hash, index) => [`headerHash[${index}]`, hash])),
    ...Object.fromEntries(fees.map((fee, index) => [`fees[${index}]`, fee])),
    chainId: word(content.chainId),
    version: word(content.version),
    proverId: pad(args.proverId),
    ...(blobCommitments === undefined ? {} : { blobCommitmentsHash: accumulate(blobCommitments) }),
  };
}

/** The same words as L1 gave them. */
export function namePublicInputs(words: readonly Hex[], checkpoints: number): NamedInputs {
  const headers = 3;
  const fees = headers + MAX_CHECKPOINTS_PER_EPOCH;
  const constants = fees + 2 * MAX_CHECKPOINTS_PER_EPOCH;
  const at = (index: number): Hex => words[index] ?? "0x";
  return {
    previousArchive: at(0),
    endArchive: at(1),
    outHash: at(2),
    ...Object.fromEntries(
      Array.from({ length: checkpoints }, (_, index) => [`headerHash[${index}]`, at(headers + index)]),
    ),
    ...Object.fromEntries(
      Array.from({ length: 2 * MAX_CHECKPOINTS_PER_EPOCH }, (_, index) => [`fees[${index}]`, at(fees + index)]),
    ),
    chainId: at(constants),
    version: at(constants + 1),
    // vk_tree_root and protocol_contracts_hash stand between.
    proverId: at(constants + 4),
    blobCommitmentsHash: at(constants + 5),
  };
}

/** Each commitment is hashed onto what came before it, as a field: the top byte is cleared. */
function accumulate(commitments: readonly Hex[]): Hex {
  return commitments.reduce<Hex>((hash, commitment) => {
    const preimage = hash === "0x" ? commitment : concatHex([hash, commitment]);
    return concatHex(["0x00", slice(sha256(preimage), 0, 31)]);
  }, "0x");
}
