import type { Address } from "viem";

/** Amounts by whom or what they belong to, in fee token units (1e18). */
export type Amounts<Key> = ReadonlyMap<Key, bigint>;

/** Adds to an amount. */
export function addTo<Key>(amounts: Map<Key, bigint>, key: Key, amount: bigint): void {
  amounts.set(key, (amounts.get(key) ?? 0n) + amount);
}

export function sumOf(amounts: Iterable<bigint>): bigint {
  return [...amounts].reduce((total, amount) => total + amount, 0n);
}

/** What the rollup owes and owns, kept a second time. All amounts in fee token units (1e18). */
export class ModelBooks {
  readonly #sequencers = new Map<Address, bigint>();
  /** By epoch: what was ever credited to its provers, and what of it was paid. */
  readonly #provers = new Map<bigint, bigint>();
  readonly #paidToProvers = new Map<bigint, bigint>();
  /** What the rollup owns without owing it: rewards that it was made to claim for itself. */
  #unowed = 0n;

  /** Epochs whose provers were ever credited. */
  get epochs(): readonly bigint[] {
    return [...this.#provers.keys()];
  }

  /** What the rollup must own. */
  get balance(): bigint {
    const owed = sumOf(this.#sequencers.values()) + sumOf(this.#provers.values());
    return owed - sumOf(this.#paidToProvers.values()) + this.#unowed;
  }

  rewardOf(account: Address): bigint {
    return this.#sequencers.get(account) ?? 0n;
  }

  /** What is left to claim for the provers of an epoch together. */
  proverRewardOf(epoch: bigint): bigint {
    return (this.#provers.get(epoch) ?? 0n) - (this.#paidToProvers.get(epoch) ?? 0n);
  }

  credit(epoch: bigint, credits: Amounts<Address>, proverRewards: bigint): void {
    for (const [account, amount] of credits) addTo(this.#sequencers, account, amount);
    addTo(this.#provers, epoch, proverRewards);
  }

  /** An account is paid all that it is owed. @param isRollup Whether it is the rollup itself, which then owes it to nobody */
  claim(account: Address, isRollup: boolean): void {
    if (isRollup) this.#unowed += this.rewardOf(account);
    this.#sequencers.set(account, 0n);
  }

  payProver(epoch: bigint, amount: bigint): void {
    addTo(this.#paidToProvers, epoch, amount);
  }
}
