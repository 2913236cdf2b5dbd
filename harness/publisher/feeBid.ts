import { priceReplacement } from "../l1/mempool.ts";
import type { TransactionFees } from "../l1/l1Transaction.ts";
import type { L1Head } from "./publisherL1.ts";

/** Wei per blob gas to offer where the node does not say what it costs: 2 gwei, above any price before a spike. */
const UNKNOWN_BLOB_FEE = 2n * 10n ** 9n;

export interface BidOptions {
  readonly head: L1Head;
  /** Wei per gas. */
  readonly priorityFee: bigint;
  readonly blobs: number;
  /** The transaction of the same key and nonce that waits already. */
  readonly replaces?: { readonly fees: TransactionFees; readonly blobCount: number } | undefined;
}

/**
 * What to offer: twice the base fees, which they cannot pass within five blocks (EIP-1559, an eighth a block), and no less than the
 * mempool asks of a replacement.
 */
export function bidFees({ head, priorityFee, blobs, replaces }: BidOptions): TransactionFees {
  const blobBaseFee = head.blobBaseFee === undefined ? UNKNOWN_BLOB_FEE : head.blobBaseFee;
  const bid: TransactionFees = {
    maxFeePerGas: 2n * head.baseFeePerGas + priorityFee,
    maxPriorityFeePerGas: priorityFee,
    maxFeePerBlobGas: blobs === 0 ? 0n : 2n * blobBaseFee,
  };
  if (replaces === undefined) return bid;
  const least = priceReplacement(replaces);
  return {
    maxFeePerGas: max(bid.maxFeePerGas, least.maxFeePerGas),
    maxPriorityFeePerGas: max(bid.maxPriorityFeePerGas, least.maxPriorityFeePerGas),
    maxFeePerBlobGas: max(bid.maxFeePerBlobGas, least.maxFeePerBlobGas),
  };
}

function max(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
