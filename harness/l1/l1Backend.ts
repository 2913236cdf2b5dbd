import type { Hex } from "viem";

import type { PendingTransaction } from "./l1Transaction.ts";

/** The part of EIP-1193 that is needed; a Hardhat connection's provider and viem's transports both have it. */
export interface L1Provider {
  request(args: { method: string; params?: unknown[] }): Promise<unknown>;
}

/** What a block is told beside its transactions. */
export interface BlockTemplate {
  /** Unix seconds. */
  readonly timestamp: bigint;
  /** Wei per gas; undefined lets EIP-1559 run. */
  readonly baseFeePerGas?: bigint | undefined;
  /** Default: the backend's own. */
  readonly prevRandao?: Hex | undefined;
}

/** `eth_call`'s first parameter. */
export interface RpcCall {
  readonly to: Hex;
  readonly data: Hex;
  readonly from?: Hex;
  readonly gas?: Hex;
}

/** In which wrapper a node takes a blob transaction: with a proof for each blob, or with the cell proofs of EIP-7594. */
export type BlobWrapper = "blob-proofs" | "cell-proofs";

/** What answers underneath, and how it wants to be asked. Everything in which nodes differ is behind this. */
export interface L1Backend {
  readonly name: string;
  readonly chainId: number;
  readonly hardfork: string;
  readonly blobWrapper: BlobWrapper;
  readonly provider: L1Provider;
  /** Fixes what the next block will be told. */
  prepareNextBlock(template: BlockTemplate): Promise<void>;
  /**
   * Puts transactions, in order, into one L1 block; what the node has no room for stays out.
   * @throws L1SubmissionError when the node refuses one: then nothing of the rest was sent.
   */
  mine(transactions: readonly PendingTransaction[], template: BlockTemplate): Promise<void>;
  /** Runs a call as if in a block of that second, on state that `eth_call`'s third parameter changes. */
  callAt(call: RpcCall, template: BlockTemplate, stateOverrides: object): Promise<Hex>;
  /** Takes a transaction back out of the node. */
  forget(hash: Hex): Promise<void>;
  close(): Promise<void>;
}
