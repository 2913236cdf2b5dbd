import type { Address, Hex, TransactionReceipt } from "viem";

import type { CheckpointKey } from "../consensus/contentStore.ts";
import type { RollupView } from "../consensus/rollupView.ts";
import type { CallRequest, Simulation, SimulationRequest } from "../l1/l1Node.ts";
import type { L1BlobTransactionRequest, L1TransactionRequest } from "../l1/l1Transaction.ts";
import { RollupAbi } from "../upstream/abis.ts";

/** The newest block, and what the next one asks for. */
export interface L1Head {
  /** Unix seconds. */
  readonly timestamp: bigint;
  /** Wei per gas. */
  readonly baseFeePerGas: bigint;
  /** Wei per blob gas; undefined when the node has no answer. */
  readonly blobBaseFee: bigint | undefined;
}

/** All that a publisher wants of L1. Anything may reject: nodes time out, turn away and talk nonsense. */
export interface PublisherL1 {
  head(): Promise<L1Head>;
  /** The number of an account's transactions on chain. */
  minedNonce(address: Address): Promise<number>;
  /** @throws L1SubmissionError when the node refuses, and whatever a connection throws. */
  send(request: SignableRequest): Promise<Hex>;
  receipt(hash: Hex): Promise<TransactionReceipt | undefined>;
  /** @throws UnsupportedL1FeatureError when the node has no `eth_simulateV1`. */
  simulate(request: SimulationRequest): Promise<Simulation>;
  /** @throws L1RevertError */
  call(request: CallRequest): Promise<Hex>;
  hasCode(address: Address): Promise<boolean>;
  /** Numbers of the last checkpoint and of the last proven one. */
  tips(): Promise<{ readonly pending: bigint; readonly proven: bigint }>;
  /** Whether the chain has a checkpoint. */
  isLanded(checkpoint: CheckpointKey): Promise<boolean>;
  /** The name of an error of the contracts, or the data itself. */
  explain(revertData: Hex): Promise<string>;
}

/** Everything is said, the nonce as well. */
export type SignableRequest = (L1TransactionRequest | L1BlobTransactionRequest) & { readonly nonce: number };

/**
 * L1 through a node. Transactions wait for the chain's producer if there is one (`mempool`), or go to the node at once.
 */
export function openPublisherL1({ chain, rollup }: RollupView, via: "mempool" | "node" = "mempool"): PublisherL1 {
  const { publicClient } = chain;
  const contract = { address: rollup.address, abi: RollupAbi } as const;
  const tips = () => publicClient.readContract({ ...contract, functionName: "getTips" });
  return {
    tips,
    async head() {
      const { timestamp, baseFeePerGas } = await publicClient.getBlock({ blockTag: "latest" });
      const blobBaseFee = await publicClient.getBlobBaseFee().catch(() => undefined);
      return { timestamp, baseFeePerGas: baseFeePerGas ?? 0n, blobBaseFee };
    },
    minedNonce: (address) => publicClient.getTransactionCount({ address, blockTag: "latest" }),
    async send(request) {
      const { hash } = await (via === "mempool" ? chain.submit(request) : chain.sendAtOnce(request));
      return hash;
    },
    async receipt(hash) {
      const receipt = await chain.rpc<object | null>("eth_getTransactionReceipt", [hash]);
      return receipt === null ? undefined : publicClient.getTransactionReceipt({ hash });
    },
    simulate: (request) => chain.simulate(request),
    call: (request) => chain.call(request),
    hasCode: async (address) => (await publicClient.getCode({ address })) !== undefined,
    async isLanded({ number, archive }) {
      const { pending } = await tips();
      if (pending < number) return false;
      return (await publicClient.readContract({ ...contract, functionName: "archiveAt", args: [number] })) === archive;
    },
    async explain(revertData) {
      const { errorName } = await chain.explain(revertData);
      return errorName ?? (revertData === "0x" ? "no reason" : revertData);
    },
  };
}
