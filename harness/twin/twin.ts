import type { Address, PrivateKeyAccount, TransactionReceipt } from "viem";

import type { MineOptions } from "../l1/blockProducer.ts";
import type { L1Chain } from "../l1/l1Chain.ts";
import type { L1BlobTransactionRequest, L1TransactionRequest } from "../l1/l1Transaction.ts";
import type { Validator } from "../network/validator.ts";
import { assertSameStorage } from "./compareStorage.ts";
import type { Side } from "./side.ts";
import { TwinMismatchError } from "./twinErrors.ts";

/** One thing on each side. */
export interface Mirrored<Thing> {
  readonly upstream: Thing;
  readonly extended: Thing;
}

/** What a twin consists of. */
export interface TwinParts extends Mirrored<Side> {
  /** Who had staked at the beginning. */
  readonly validators: readonly Validator[];
  /** Who may stake later. */
  readonly newcomers: readonly Validator[];
  /** The first epoch whose committee comes from the complete set. */
  readonly firstEpoch: bigint;
}

/**
 * Upstream's rollup and the extended one, each the first rollup of a v4 deployment on a chain of its own. Everything else is
 * the same to the byte: keys, clock, prevrandao, genesis, addresses. So what is built for one is valid on the other, and the very
 * same signed transaction can be sent to both.
 *
 * What differs, and nothing else: the code of the rollup, of its operations library and of the libraries more; the addresses
 * of the external libraries (which no storage holds) and of the verifier (one storage word); and the word of the terms.
 */
export class Twin implements TwinParts {
  readonly upstream: Side;
  readonly extended: Side;
  readonly validators: readonly Validator[];
  readonly newcomers: readonly Validator[];
  readonly firstEpoch: bigint;

  constructor({ upstream, extended, validators, newcomers, firstEpoch }: TwinParts) {
    this.upstream = upstream;
    this.extended = extended;
    this.validators = validators;
    this.newcomers = newcomers;
    this.firstEpoch = firstEpoch;
  }

  get sides(): readonly [Side, Side] {
    return [this.upstream, this.extended];
  }

  /** For what both chains answer alike. */
  get chain(): L1Chain {
    return this.upstream.chain;
  }

  /** Everybody whose keys are known. */
  get everybody(): readonly Validator[] {
    return [...this.validators, ...this.newcomers];
  }

  async close(): Promise<void> {
    for (const { chain } of this.sides) await chain.close();
  }

  /** Does one thing on each side, upstream's first. */
  async onBoth<Result>(work: (side: Side) => Promise<Result>): Promise<Mirrored<Result>> {
    return { upstream: await work(this.upstream), extended: await work(this.extended) };
  }

  /** An account of that role, with ether on both sides; see `World.account`. */
  async account(role: string): Promise<PrivateKeyAccount> {
    const { upstream } = await this.onBoth((side) => side.account(role));
    return upstream;
  }

  /** Remembers both chains' state; the returned function goes back to it, any number of times. */
  async snapshot(): Promise<() => Promise<void>> {
    const { upstream, extended } = await this.onBoth(({ chain }) => chain.snapshot());
    return async () => {
      await upstream();
      await extended();
    };
  }

  /** Moves both clocks to a second, which may be the present one, by an empty block. */
  async advance(timestamp: bigint): Promise<void> {
    await this.onBoth(({ chain }) => chain.mineAt(timestamp, { include: [], sameTimestamp: true }));
  }

  /**
   * Signs a transaction once and mines it alone in a block of either chain. A revert is an outcome, not an error.
   * @param timestamp Unix seconds
   */
  async execute(
    request: L1TransactionRequest | L1BlobTransactionRequest,
    timestamp: bigint,
    options: Omit<MineOptions, "include"> = {},
  ): Promise<Mirrored<TransactionReceipt>> {
    const tx = await this.upstream.chain.submit(request);
    this.extended.chain.mempool.add(tx);
    const mine = async ({ chain }: Side) => {
      const { receipts } = await chain.mineAt(timestamp, { ...options, include: [tx.hash] });
      const [receipt] = receipts;
      if (receipt === undefined) throw new TwinMismatchError("A block had no room", { fields: { hash: tx.hash } });
      return receipt;
    };
    const [upstream, extended] = await Promise.all([mine(this.upstream), mine(this.extended)]);
    return { upstream, extended };
  }

  /** Compares every word of storage; see {@link assertSameStorage}. @throws TwinMismatchError naming the accounts. */
  async assertSameStorage(others: Iterable<Address> = []): Promise<void> {
    await assertSameStorage(this.upstream.network, this.extended.network, others);
  }
}
