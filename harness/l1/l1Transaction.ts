import type { Address, Hex, LocalAccount, TransactionReceipt } from "viem";

/** What a type-3 transaction carries beside its hashes. `proof` is the EIP-4844 blob proof, `cellProofs` the 128 of EIP-7594. */
export interface BlobSidecar {
  readonly blob: Hex;
  readonly commitment: Hex;
  readonly proof: Hex;
  readonly cellProofs?: readonly Hex[];
}

/** A transaction to be signed by a local account. Nothing is estimated: what is left out gets a fixed default. */
export interface L1TransactionRequest {
  readonly from: LocalAccount;
  /** Left out: contract creation. */
  readonly to?: Address | undefined;
  readonly data?: Hex | undefined;
  /** Wei. */
  readonly value?: bigint | undefined;
  /** Gas limit; default {@link DEFAULT_GAS_LIMIT}. */
  readonly gas?: bigint | undefined;
  /** Wei per gas; default {@link DEFAULT_MAX_FEE_PER_GAS}. */
  readonly maxFeePerGas?: bigint | undefined;
  /** Wei per gas; default 0. */
  readonly maxPriorityFeePerGas?: bigint | undefined;
  /** Default: the account's next nonce, transactions that wait for a block included. */
  readonly nonce?: number | undefined;
}

export interface L1BlobTransactionRequest extends L1TransactionRequest {
  readonly to: Address;
  readonly sidecars: readonly BlobSidecar[];
  /** Wei per blob gas; default {@link DEFAULT_MAX_FEE_PER_GAS}. */
  readonly maxFeePerBlobGas?: bigint | undefined;
}

/** A signed transaction that waits for a block. */
export interface PendingTransaction {
  readonly hash: Hex;
  readonly from: Address;
  readonly to: Address | undefined;
  readonly nonce: number;
  readonly serialized: Hex;
  /** 0 for every type but 3. */
  readonly blobCount: number;
  readonly fees: TransactionFees;
}

/** What a transaction pays at most, in wei per gas. */
export interface TransactionFees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  /** 0 for every type but 3. */
  readonly maxFeePerBlobGas: bigint;
}

/** One L1 block as the actors see it: everything that was included at one timestamp, in order. */
export interface MinedBlock {
  readonly number: bigint;
  /** Unix seconds. */
  readonly timestamp: bigint;
  readonly baseFeePerGas: bigint;
  readonly receipts: readonly TransactionReceipt[];
}

export const DEFAULT_GAS_LIMIT = 5_000_000n;
/** 500 gwei, above every base fee the scenarios use. */
export const DEFAULT_MAX_FEE_PER_GAS = 500n * 10n ** 9n;
/** EIP-4844: blob gas per blob. */
export const GAS_PER_BLOB = 131_072n;
