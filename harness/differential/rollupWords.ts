import { hexToBigInt, type Hex } from "viem";

import type { L1Chain } from "../l1/l1Chain.ts";
import type { DeployedRollup } from "../network/deployment.ts";
import type { DeployedRollup } from "../network/deployment.ts";
import { lateRingEpochs, recordRingSize } from "../protocol/rings.ts";
import {
  committeeCommitmentWord,
  FEE_ORACLE_WORD,
  LATE_TERMS_WORD,
  marksWord,
  RANDAO_COUNT_WORD,
  randaoWord,
  RECORD_WORDS,
  recordWord,
  toWord,
} from "../protocol/storageMap.ts";

/** What a word of the rollup's storage belongs to, as far as a late submission may touch it differently. */
export type WordKind = "oracle" | "randao" | "committee" | "late" | "other";

/** No test lasts so many epochs. */
const EPOCHS = 4_096n;
const FIRST_RANDAO = randaoWord(0n);

/**
 * Names the words of a rollup's storage.
 *
 * Sources: `FeeStore` (config, oracle), `ValidatorSelectionStorage` (committee commitments by epoch, randao checkpoints),
 * `LateSubmissionStorage` (terms, marks by epoch, records of two words by slot; both in rings).
 */
export class RollupWords {
  readonly #kinds = new Map<bigint, WordKind>();

  constructor(rollup: DeployedRollup) {
    const timing = rollup.timing;
    this.#kinds.set(FEE_ORACLE_WORD, "oracle");
    this.#kinds.set(RANDAO_COUNT_WORD, "randao");
    for (let epoch = 0n; epoch < EPOCHS; epoch++) this.#kinds.set(committeeCommitmentWord(epoch), "committee");
    this.#kinds.set(LATE_TERMS_WORD, "late");
    for (let epoch = 0n; epoch < lateRingEpochs(timing); epoch++) this.#kinds.set(marksWord(timing, epoch), "late");
    for (let slot = 0n; slot < recordRingSize(timing); slot++) {
      for (let word = 0n; word < RECORD_WORDS; word++) this.#kinds.set(recordWord(timing, slot) + word, "late");
    }
  }

  /** The first second of the epoch whose randao was stored last: the newest (uint32 key, uint224 value) of upstream's trace. */
  static async newestRandao(chain: L1Chain, { address }: DeployedRollup): Promise<bigint> {
    const read = async (word: bigint) =>
      hexToBigInt((await chain.publicClient.getStorageAt({ address, slot: toWord(word) })) ?? "0x0");
    return (await read(randaoWord((await read(RANDAO_COUNT_WORD)) - 1n))) & 0xffff_ffffn;
  }

  kindOf(word: Hex): WordKind {
    const position = hexToBigInt(word);
    const known = this.#kinds.get(position);
    if (known !== undefined) return known;
    const checkpoint = position - FIRST_RANDAO;
    return checkpoint >= 0n && checkpoint < EPOCHS ? "randao" : "other";
  }

  /** Where the commitment to an epoch's committee is memoised. */
  committeeWord(epoch: bigint): Hex {
    return toWord(committeeCommitmentWord(epoch));
  }
}
