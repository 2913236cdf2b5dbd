import { toHex, type Hex } from "viem";

import type { BlobWrapper, BlockTemplate, L1Backend, L1Provider, RpcCall } from "./l1Backend.ts";
import { L1ClockError, L1SubmissionError } from "./l1Errors.ts";
import type { PendingTransaction } from "./l1Transaction.ts";

export interface NodeBackendOptions {
  readonly provider: L1Provider;
  readonly chainId: number;
  readonly hardfork: string;
  readonly close?: () => Promise<void>;
}

/** What EDR and anvil have in common: the development methods that both took over from Hardhat's first node. */
export abstract class NodeBackend implements L1Backend {
  abstract readonly name: string;
  abstract readonly blobWrapper: BlobWrapper;
  readonly provider: L1Provider;
  readonly chainId: number;
  readonly hardfork: string;
  readonly #close: (() => Promise<void>) | undefined;

  constructor(options: NodeBackendOptions) {
    this.provider = options.provider;
    this.chainId = options.chainId;
    this.hardfork = options.hardfork;
    this.#close = options.close;
  }

  abstract callAt(call: RpcCall, template: BlockTemplate, stateOverrides: object): Promise<Hex>;
  abstract forget(hash: Hex): Promise<void>;
  abstract mine(transactions: readonly PendingTransaction[], template: BlockTemplate): Promise<void>;

  async prepareNextBlock({ timestamp, baseFeePerGas }: BlockTemplate): Promise<void> {
    try {
      await this.rpc("evm_setNextBlockTimestamp", [Number(timestamp)]);
    } catch (error) {
      const { timestamp: latest } = await this.rpc<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false]);
      throw new L1ClockError("The L1 chain refused the next block's timestamp", timestamp, BigInt(latest), error);
    }
    if (baseFeePerGas !== undefined) await this.rpc("hardhat_setNextBlockBaseFeePerGas", [toHex(baseFeePerGas)]);
  }

  async close(): Promise<void> {
    await this.#close?.();
  }

  protected async rpc<T>(method: string, params: unknown[] = []): Promise<T> {
    return (await this.provider.request({ method, params })) as T;
  }

  protected async send(tx: PendingTransaction): Promise<void> {
    try {
      await this.rpc("eth_sendRawTransaction", [tx.serialized]);
    } catch (error) {
      throw new L1SubmissionError(tx.from, tx.nonce, error);
    }
  }

  /** Sends all and mines one block; takes back what was sent when the node refuses one. */
  protected async sendAndMine(transactions: readonly PendingTransaction[]): Promise<void> {
    const sent: PendingTransaction[] = [];
    try {
      for (const tx of transactions) {
        await this.send(tx);
        sent.push(tx);
      }
    } catch (error) {
      for (const tx of sent) await this.forget(tx.hash);
      throw error;
    }
    await this.rpc("evm_mine");
  }
}
