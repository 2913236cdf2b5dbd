import { encodeFunctionData, multicall3Abi, type Address, type LocalAccount } from "viem";

import type { AttestedCheckpoint } from "./attestedCheckpoint.ts";
import type { BundledCall } from "./bundledCalls.ts";
import { makeSidecars } from "./blobs.ts";
import type { RollupView } from "./rollupView.ts";
import type { L1BlobTransactionRequest, L1TransactionRequest } from "../l1/l1Transaction.ts";

/** What is set for every transaction; see `L1TransactionRequest` for the defaults. */
export type TransactionOverrides = Omit<L1TransactionRequest, "from" | "to" | "data" | "value">;

export interface Bundle {
  readonly multicall3: Address;
  /** Calls before and after the proposal, in order. */
  readonly before?: readonly BundledCall[];
  readonly after?: readonly BundledCall[];
  /** Whether the other calls survive a proposal that reverts; upstream's publisher allows it. Default true. */
  readonly allowFailure?: boolean;
}

/** The blob transaction that calls `propose` itself. */
export function makeProposeTransaction(
  { chain, rollup }: RollupView,
  checkpoint: AttestedCheckpoint,
  from: LocalAccount,
  overrides: TransactionOverrides = {},
): L1BlobTransactionRequest {
  const sidecars = makeSidecars(checkpoint.blobs, chain.blobWrapper);
  return { ...overrides, from, to: rollup.address, data: checkpoint.proposeCalldata, sidecars };
}

/** The blob transaction that calls `propose` through Multicall3, with other calls around it. */
export function makeBundledProposeTransaction(
  view: RollupView,
  checkpoint: AttestedCheckpoint,
  from: LocalAccount,
  bundle: Bundle,
  overrides: TransactionOverrides = {},
): L1BlobTransactionRequest {
  const { multicall3, before = [], after = [], allowFailure = true } = bundle;
  const propose = { target: view.rollup.address, callData: checkpoint.proposeCalldata, allowFailure };
  return {
    ...makeProposeTransaction(view, checkpoint, from, overrides),
    to: multicall3,
    data: encodeFunctionData({
      abi: multicall3Abi,
      functionName: "aggregate3",
      args: [[...before, propose, ...after]],
    }),
  };
}
