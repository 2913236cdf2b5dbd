import type { Address, Hex } from "viem";

import { UnderpricedReplacementError } from "./l1Errors.ts";
import type { PendingTransaction, TransactionFees } from "./l1Transaction.ts";

/** Percent that a replacement pays more in every fee. geth: `PriceBump` of its two pools, the second one of blob transactions. */
const PRICE_BUMP = 10n;
const BLOB_PRICE_BUMP = 100n;

/** What a transaction has to pay at least to take another's place, in wei per gas. */
export function priceReplacement({ fees, blobCount }: Pick<PendingTransaction, "fees" | "blobCount">): TransactionFees {
  const bump = blobCount > 0 ? BLOB_PRICE_BUMP : PRICE_BUMP;
  const raise = (fee: bigint) => (fee * (100n + bump) + 99n) / 100n;
  return {
    maxFeePerGas: raise(fees.maxFeePerGas),
    maxPriorityFeePerGas: raise(fees.maxPriorityFeePerGas),
    maxFeePerBlobGas: raise(fees.maxFeePerBlobGas),
  };
}

/** Signed transactions that wait for a block, in order of arrival. The node underneath hears of them when they are mined. */
export class Mempool {
  #waiting: readonly PendingTransaction[] = [];

  get waiting(): readonly PendingTransaction[] {
    return this.#waiting;
  }

  /**
   * One transaction waits for each sender and nonce: a second one takes the first one's place, if it pays for that.
   * @throws UnderpricedReplacementError
   */
  add(tx: PendingTransaction): PendingTransaction {
    const earlier = this.#waiting.find(({ from, nonce }) => from === tx.from && nonce === tx.nonce);
    if (earlier !== undefined && earlier.hash !== tx.hash) {
      const wanted = priceReplacement(earlier);
      const isEnough = (Object.keys(wanted) as (keyof TransactionFees)[]).every((fee) => tx.fees[fee] >= wanted[fee]);
      if (!isEnough) {
        throw new UnderpricedReplacementError(tx.from, tx.nonce, earlier.blobCount > 0 ? BLOB_PRICE_BUMP : PRICE_BUMP);
      }
    }
    this.#waiting = [...this.#waiting.filter((other) => other !== earlier), tx];
    return tx;
  }

  /** Forgets transactions, as if they had never been sent. */
  remove(hashes: readonly Hex[]): void {
    this.#waiting = this.#waiting.filter(({ hash }) => !hashes.includes(hash));
  }

  /** The sender's next nonce, behind whatever of it waits already. `mined` is its next nonce on chain. */
  nextNonce(from: Address, mined: number): number {
    return this.#waiting.filter((tx) => tx.from === from).reduce((next, tx) => Math.max(next, tx.nonce + 1), mined);
  }

  /** Goes back to what waited at another time. */
  reset(waiting: readonly PendingTransaction[]): void {
    this.#waiting = waiting;
  }
}
