import type { Address, Hex } from "viem";

import type { PendingTransaction } from "./l1Transaction.ts";

/** Signed transactions that wait for a block, in order of arrival. The node underneath hears of them when they are mined. */
export class Mempool {
  #waiting: readonly PendingTransaction[] = [];

  get waiting(): readonly PendingTransaction[] {
    return this.#waiting;
  }

  add(tx: PendingTransaction): PendingTransaction {
    this.#waiting = [...this.#waiting, tx];
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
