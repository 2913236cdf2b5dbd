import { encodeAbiParameters, hexToBigInt, keccak256, stringToHex, toHex, type Hex } from "viem";

import type { L1Chain } from "../l1/l1Chain.ts";
import type { DeployedRollup } from "../network/deployment.ts";

/** What a word of the rollup's storage belongs to, as far as a late submission may touch it differently. */
export type WordKind = "oracle" | "randao" | "committee" | "late" | "other";

/** Upstream's namespaces are plain hashes of their names. */
const FEES = hexToBigInt(keccak256(stringToHex("aztec.fee.storage")));
const SELECTION = hexToBigInt(keccak256(stringToHex("aztec.validator_selection.storage")));
/** The namespace of late submissions is an ERC-7201 one. */
export const LATE_NAMESPACE = erc7201("buildahead.storage.LateSubmission");
/** No test lasts so many epochs. */
const EPOCHS = 4_096n;

/**
 * Names the words of a rollup's storage.
 *
 * Sources: `FeeStore` (config, oracle), `ValidatorSelectionStorage` (committee commitments by epoch, randao checkpoints),
 * `LateSubmissionStorage` (terms, marks by epoch, records of two words by slot; both in rings).
 */
export class RollupWords {
  readonly #kinds = new Map<bigint, WordKind>();
  readonly #randaos: bigint;

  constructor({ config }: DeployedRollup) {
    const randaos = SELECTION + 1n;
    this.#kinds.set(FEES + 1n, "oracle");
    this.#kinds.set(randaos, "randao");
    this.#randaos = hexToBigInt(keccak256(toHex(randaos, { size: 32 })));
    for (let epoch = 0n; epoch < EPOCHS; epoch++) this.#kinds.set(mappingWord(epoch, SELECTION), "committee");

    const proofEpochs = config.aztecProofSubmissionEpochs + 2n;
    const ringEpochs = proofEpochs > 8n ? proofEpochs : 8n;
    this.#kinds.set(LATE_NAMESPACE, "late");
    for (let index = 0n; index < ringEpochs; index++) {
      this.#kinds.set(mappingWord(index, LATE_NAMESPACE + 1n), "late");
    }
    for (let index = 0n; index < ringEpochs * config.aztecEpochDuration; index++) {
      const record = mappingWord(index, LATE_NAMESPACE + 2n);
      this.#kinds.set(record, "late");
      this.#kinds.set(record + 1n, "late");
    }
  }

  /** The first second of the epoch whose randao was stored last: the newest (uint32 key, uint224 value) of upstream's trace. */
  static async newestRandao(chain: L1Chain, { address }: DeployedRollup): Promise<bigint> {
    const read = async (position: bigint) => {
      const slot = toHex(position, { size: 32 });
      return hexToBigInt((await chain.publicClient.getStorageAt({ address, slot })) ?? "0x0");
    };
    const randaos = SELECTION + 1n;
    const elements = hexToBigInt(keccak256(toHex(randaos, { size: 32 })));
    return (await read(elements + (await read(randaos)) - 1n)) & 0xffff_ffffn;
  }

  kindOf(word: Hex): WordKind {
    const position = hexToBigInt(word);
    const known = this.#kinds.get(position);
    if (known !== undefined) return known;
    const checkpoint = position - this.#randaos;
    return checkpoint >= 0n && checkpoint < EPOCHS ? "randao" : "other";
  }

  /** Where the commitment to an epoch's committee is memoised. */
  committeeWord(epoch: bigint): Hex {
    return toHex(mappingWord(epoch, SELECTION), { size: 32 });
  }
}

function mappingWord(key: bigint, position: bigint): bigint {
  return hexToBigInt(keccak256(encodeAbiParameters([{ type: "uint256" }, { type: "uint256" }], [key, position])));
}

/** ERC-7201: keccak256(abi.encode(uint256(keccak256(name)) - 1)) with the last byte cleared. */
function erc7201(name: string): bigint {
  const inner = hexToBigInt(keccak256(stringToHex(name))) - 1n;
  return hexToBigInt(keccak256(encodeAbiParameters([{ type: "uint256" }], [inner]))) & ~0xffn;
}
