import { Transaction } from "ethers";
import { concatHex, keccak256, sha256, type Hex } from "viem";

import type { BlobWrapper } from "./l1Backend.ts";
import { UnsupportedL1FeatureError } from "./l1Errors.ts";
import {
  DEFAULT_GAS_LIMIT,
  DEFAULT_MAX_FEE_PER_GAS,
  type BlobSidecar,
  type L1BlobTransactionRequest,
  type L1TransactionRequest,
  type PendingTransaction,
} from "./l1Transaction.ts";

/** What a node has to be told beside the request. */
export interface SigningContext {
  readonly chainId: number;
  readonly nonce: number;
  readonly blobWrapper: BlobWrapper;
}

/** Signs a transaction as a node takes it. Nothing is estimated or simulated. */
export async function signTransaction(
  request: L1TransactionRequest | L1BlobTransactionRequest,
  context: SigningContext,
): Promise<PendingTransaction> {
  const fields = {
    chainId: context.chainId,
    nonce: context.nonce,
    to: request.to ?? null,
    data: request.data ?? "0x",
    value: request.value ?? 0n,
    gas: request.gas ?? DEFAULT_GAS_LIMIT,
    maxFeePerGas: request.maxFeePerGas ?? DEFAULT_MAX_FEE_PER_GAS,
    maxPriorityFeePerGas: request.maxPriorityFeePerGas ?? 0n,
  } as const;
  const { from, to } = request;
  const { maxFeePerGas, maxPriorityFeePerGas } = fields;
  const fees = { maxFeePerGas, maxPriorityFeePerGas, maxFeePerBlobGas: 0n };
  const known = { from: from.address, to, nonce: context.nonce, fees };
  if (!("sidecars" in request)) {
    const serialized = await from.signTransaction({ type: "eip1559", ...fields });
    return { ...known, hash: keccak256(serialized), serialized, blobCount: 0 };
  }
  const { sidecars } = request;
  const blobFields = {
    type: "eip4844",
    ...fields,
    to: request.to,
    blobVersionedHashes: sidecars.map(({ commitment }) => versionedHash(commitment)),
    maxFeePerBlobGas: request.maxFeePerBlobGas ?? DEFAULT_MAX_FEE_PER_GAS,
  } as const;
  const signed = await from.signTransaction(blobFields);
  const serialized =
    context.blobWrapper === "cell-proofs"
      ? attachCellProofs(signed, sidecars)
      : await from.signTransaction({ ...blobFields, sidecars: [...sidecars] });
  const { maxFeePerBlobGas } = blobFields;
  return {
    ...known,
    hash: keccak256(signed),
    serialized,
    blobCount: sidecars.length,
    fees: { ...fees, maxFeePerBlobGas },
  };
}

/** EIP-4844: version byte 1, then the last 31 bytes of the commitment's SHA-256. */
function versionedHash(commitment: Hex): Hex {
  return concatHex(["0x01", `0x${sha256(commitment).slice(4)}`]);
}

/** viem writes the EIP-4844 wrapper (and much faster than ethers), but not the cell-proof wrapper of EIP-7594. */
function attachCellProofs(signed: Hex, sidecars: readonly BlobSidecar[]): Hex {
  const transaction = Transaction.from(signed);
  transaction.blobs = sidecars.map(({ blob, commitment, cellProofs }) => {
    if (cellProofs === undefined) throw new UnsupportedL1FeatureError("blob transactions without cell proofs");
    return { data: blob, commitment, proof: concatHex(cellProofs) };
  });
  transaction.blobWrapperVersion = 1;
  return transaction.serialized as Hex;
}
