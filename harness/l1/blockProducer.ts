import type { Hex, PublicClient, TransactionReceipt } from "viem";

import { includeAll, includeOnly, type InclusionPolicy } from "./inclusionPolicy.ts";
import type { BlockTemplate, L1Backend } from "./l1Backend.ts";
import { L1ClockError, L1SubmissionError } from "./l1Errors.ts";
import { GAS_PER_BLOB, type MinedBlock, type PendingTransaction } from "./l1Transaction.ts";
import type { Mempool } from "./mempool.ts";

export interface MineOptions {
  /** Overrides prevrandao for this block. */
  readonly prevRandao?: Hex | undefined;
  /** Wei per gas, for this block only. */
  readonly baseFeePerGas?: bigint | undefined;
  /** Which waiting transactions to include, in this order; default what the producer's policy says. */
  readonly include?: readonly Hex[] | undefined;
  /** Allows a timestamp equal to the parent's (EDR only): one L1 block told as several. */
  readonly sameTimestamp?: boolean | undefined;
}

/** Seconds between L1 blocks. */
export const L1_BLOCK_SECONDS = 12n;

/**
 * Makes the blocks of one chain. It is the only thing that moves the chain's clock: whoever has something to say submits it,
 * and the producer's inclusion policy decides what becomes of it.
 */
export class BlockProducer {
  /** What a block takes when nothing else is said. */
  policy: InclusionPolicy = includeAll;
  /** Wei per gas of every block; undefined lets EIP-1559 run. */
  baseFeePerGas: bigint | undefined;
  readonly #backend: L1Backend;
  readonly #client: PublicClient;
  readonly #mempool: Mempool;

  constructor(backend: L1Backend, client: PublicClient, mempool: Mempool, baseFeePerGas: bigint | undefined) {
    this.#backend = backend;
    this.#client = client;
    this.#mempool = mempool;
    this.baseFeePerGas = baseFeePerGas;
  }

  /**
   * Mines one L1 block at exactly `timestamp` (Unix seconds) with waiting transactions in it, and reads it back. A transaction
   * for which the node has no room stays waiting.
   *
   * @throws L1ClockError when the timestamp is not after the latest block's, or the block landed elsewhere.
   * @throws L1SubmissionError when the node refuses a transaction; everything chosen for the block is dropped.
   */
  async mineAt(timestamp: bigint, options: MineOptions = {}): Promise<MinedBlock> {
    const latest = (await this.#client.getBlock({ blockTag: "latest" })).timestamp;
    if (timestamp < latest || (timestamp === latest && options.sameTimestamp !== true)) {
      throw new L1ClockError("An L1 block must be later than its parent", timestamp, latest);
    }
    const policy = options.include === undefined ? this.policy : includeOnly(options.include);
    const chosen = policy(this.#mempool.waiting);
    await this.#mine(chosen, this.template(timestamp, options));
    const block = await this.#client.getBlock({ blockTag: "latest" });
    if (block.timestamp !== timestamp) {
      throw new L1ClockError("The L1 block landed at another second", timestamp, block.timestamp);
    }
    const receipts = await this.#collectReceipts(chosen);
    return { number: block.number, timestamp: block.timestamp, baseFeePerGas: block.baseFeePerGas ?? 0n, receipts };
  }

  /** What a block of that second would be told. */
  template(timestamp: bigint, { baseFeePerGas, prevRandao }: MineOptions = {}): BlockTemplate {
    return { timestamp, baseFeePerGas: baseFeePerGas ?? this.baseFeePerGas, prevRandao };
  }

  /** Takes what was chosen out of the mempool, unless the backend would not even begin. */
  async #mine(chosen: readonly PendingTransaction[], template: BlockTemplate): Promise<void> {
    const drop = () => this.#mempool.remove(chosen.map(({ hash }) => hash));
    try {
      await this.#backend.mine(chosen, template);
    } catch (error) {
      if (error instanceof L1SubmissionError) drop();
      throw error;
    }
    drop();
  }

  async #collectReceipts(chosen: readonly PendingTransaction[]): Promise<TransactionReceipt[]> {
    const receipts: TransactionReceipt[] = [];
    for (const tx of chosen) {
      const raw = await this.#backend.provider.request({ method: "eth_getTransactionReceipt", params: [tx.hash] });
      if (raw === null) {
        // The block was full: take it back out of the node, so that this mempool stays the only one.
        await this.#backend.forget(tx.hash);
        this.#mempool.add(tx);
      } else {
        const receipt = await this.#client.getTransactionReceipt({ hash: tx.hash });
        // EDR leaves blob gas out of its receipts.
        receipts.push(tx.blobCount === 0 ? receipt : { ...receipt, blobGasUsed: GAS_PER_BLOB * BigInt(tx.blobCount) });
      }
    }
    return receipts;
  }
}
