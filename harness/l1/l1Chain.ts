import { toHex, type Address, type Hex, type TransactionReceipt } from "viem";

import { BlockProducer, L1_BLOCK_SECONDS, type MineOptions } from "./blockProducer.ts";
import type { BlockTemplate, L1Backend } from "./l1Backend.ts";
import { L1SubmissionError, UnsupportedL1FeatureError } from "./l1Errors.ts";
import { L1Node, type ErrorAbi } from "./l1Node.ts";
import {
  DEFAULT_GAS_LIMIT,
  type L1BlobTransactionRequest,
  type L1TransactionRequest,
  type MinedBlock,
} from "./l1Transaction.ts";

export interface L1ChainOptions {
  readonly backend: L1Backend;
  /** Decodes custom errors; default none: reverts keep their raw data. */
  readonly errorAbi?: ErrorAbi | undefined;
  /** Wei per gas of every block; undefined lets EIP-1559 run. */
  readonly baseFeePerGas?: bigint | undefined;
}

export interface ExecuteOptions extends MineOptions {
  /** Unix seconds of the block; default {@link L1_BLOCK_SECONDS} after the latest one. */
  readonly timestamp?: bigint | undefined;
  /** Return the receipt of a reverted transaction instead of throwing. */
  readonly allowRevert?: boolean;
}

/** Wei that an account has at least when somebody acts in its name. */
const IMPERSONATION_BALANCE = 10n ** 20n;

/**
 * An L1 chain whose clock, mempool and randomness are in the harness's hands: a node, and the producer of its blocks.
 *
 * Nothing is mined behind the caller's back. What lands a transaction at a chosen second ({@link execute}) submits it and has the
 * producer mine it alone: a convenience for tests and measurements.
 */
export class L1Chain extends L1Node {
  /** The owner of the clock. */
  readonly producer: BlockProducer;
  /** Seconds between L1 blocks when no timestamp is asked for. */
  readonly blockTime = L1_BLOCK_SECONDS;

  constructor({ backend, errorAbi, baseFeePerGas }: L1ChainOptions) {
    super(backend, errorAbi);
    this.producer = new BlockProducer(backend, this.publicClient, this.mempool, baseFeePerGas);
  }

  async close(): Promise<void> {
    await this.backend.close();
  }

  // ---- conveniences ----

  /** See `BlockProducer.mineAt`. */
  mineAt(timestamp: bigint, options: MineOptions = {}): Promise<MinedBlock> {
    return this.producer.mineAt(timestamp, options);
  }

  /** Mines one block {@link blockTime} after the latest one. */
  async mine(options: MineOptions = {}): Promise<MinedBlock> {
    return this.mineAt((await this.now()) + this.blockTime, options);
  }

  /**
   * Submits one transaction, has it mined alone in the next block and returns its receipt.
   * @throws L1RevertError with the decoded custom error, unless `allowRevert`.
   */
  async execute(
    request: L1TransactionRequest | L1BlobTransactionRequest,
    options: ExecuteOptions = {},
  ): Promise<TransactionReceipt> {
    const tx = await this.submit(request);
    try {
      const timestamp = options.timestamp ?? (await this.now()) + this.blockTime;
      const { receipts } = await this.mineAt(timestamp, { ...options, include: [tx.hash] });
      const receipt = receipts[0];
      if (receipt === undefined) {
        throw new L1SubmissionError(tx.from, tx.nonce, new Error("the block had no room for it"));
      }
      return await this.#orRevert(receipt, options);
    } finally {
      // Whatever became of it, it does not wait any more: it would hold up its sender.
      this.mempool.remove([tx.hash]);
    }
  }

  /** Executes as an address whose key nobody here has, and says so by its name: an override, not a transaction. */
  async executeAs(
    from: Address,
    request: { readonly to: Address; readonly data: Hex; readonly gas?: bigint },
    options: ExecuteOptions = {},
  ): Promise<TransactionReceipt> {
    await this.rpc("hardhat_impersonateAccount", [from]);
    await this.ensureBalance(from, IMPERSONATION_BALANCE);
    const timestamp = options.timestamp ?? (await this.now()) + this.blockTime;
    await this.backend.prepareNextBlock(this.producer.template(timestamp, options));
    const hash = await this.rpc<Hex>("eth_sendTransaction", [
      { from, to: request.to, data: request.data, gas: toHex(request.gas ?? DEFAULT_GAS_LIMIT) },
    ]);
    await this.rpc("evm_mine");
    await this.rpc("hardhat_stopImpersonatingAccount", [from]);
    return this.#orRevert(await this.publicClient.getTransactionReceipt({ hash }), options);
  }

  // ---- state ----

  /** Takes a snapshot; the returned function goes back to it and may be called any number of times. */
  async snapshot(): Promise<() => Promise<void>> {
    let id = await this.rpc<string>("evm_snapshot");
    const { baseFeePerGas, policy } = this.producer;
    const { waiting } = this.mempool;
    return async () => {
      if (!(await this.rpc<boolean>("evm_revert", [id])))
        throw new UnsupportedL1FeatureError("reverting to a snapshot");
      id = await this.rpc<string>("evm_snapshot");
      Object.assign(this.producer, { baseFeePerGas, policy });
      this.mempool.reset(waiting);
    };
  }

  /** @param balance wei */
  async setBalance(address: Address, balance: bigint): Promise<void> {
    await this.rpc("hardhat_setBalance", [address, toHex(balance)]);
  }

  /** Gives an account so much ether (wei) unless it has as much. An override: nobody pays for it. */
  async ensureBalance(address: Address, balance: bigint): Promise<void> {
    if ((await this.publicClient.getBalance({ address })) < balance) await this.setBalance(address, balance);
  }

  async setCode(address: Address, code: Hex): Promise<void> {
    await this.rpc("hardhat_setCode", [address, code]);
  }

  async setStorageAt(address: Address, word: Hex, value: Hex): Promise<void> {
    await this.rpc("hardhat_setStorageAt", [address, word, value]);
  }

  // ---- inside ----

  protected override template(timestamp: bigint): BlockTemplate {
    return this.producer.template(timestamp);
  }

  async #orRevert(receipt: TransactionReceipt, { allowRevert }: ExecuteOptions): Promise<TransactionReceipt> {
    if (receipt.status === "reverted" && allowRevert !== true) throw await this.getRevert(receipt.transactionHash);
    return receipt;
  }
}
