import type { L1Backend, L1Provider } from "./l1Backend.ts";
import { UnsupportedL1FeatureError } from "./l1Errors.ts";
import { L1Node, type ErrorAbi } from "./l1Node.ts";

export interface ReadOnlyNodeOptions {
  readonly provider: L1Provider;
  /** Decodes custom errors; default none: reverts keep their raw data. */
  readonly errorAbi?: ErrorAbi;
}

/** A node that belongs to somebody else: it is read, and what it runs on, when and with which blocks is its own business. */
export async function openReadOnlyNode({ provider, errorAbi }: ReadOnlyNodeOptions): Promise<L1Node> {
  const chainId = Number(await provider.request({ method: "eth_chainId" }));
  const refuse = (feature: string) => () => Promise.reject(new UnsupportedL1FeatureError(feature, { chainId }));
  const backend: L1Backend = {
    name: "remote",
    chainId,
    hardfork: "unknown",
    blobWrapper: "cell-proofs",
    provider,
    prepareNextBlock: refuse("making blocks"),
    mine: refuse("making blocks"),
    callAt: refuse("calls at another time"),
    forget: refuse("dropping transactions"),
    close: () => Promise.resolve(),
  };
  return new L1Node(backend, errorAbi);
}
