import { http } from "viem";

import { AnvilBackend } from "./anvilBackend.ts";
import type { L1Provider } from "./l1Backend.ts";
import { L1Chain } from "./l1Chain.ts";
import type { ErrorAbi } from "./l1Node.ts";

export interface RpcChainOptions {
  readonly url: string;
  /** Which hardfork the node runs: decides how blobs are wrapped. Default `osaka`. */
  readonly hardfork?: string;
  /** Wei per gas of every block; undefined lets the node decide. */
  readonly baseFeePerGas?: bigint;
  /** Decodes custom errors; default none: reverts keep their raw data. */
  readonly errorAbi?: ErrorAbi;
}

/** Milliseconds for one answer: a busy machine takes longer over a transaction with six blobs than viem waits by itself. */
const RPC_TIMEOUT = 120_000;

/** Takes over an anvil node: switches its auto-mining off, so that only this harness mines. */
export async function openRpcChain(options: RpcChainOptions): Promise<L1Chain> {
  const { url, hardfork = "osaka", baseFeePerGas, errorAbi } = options;
  const { request } = http(url, { timeout: RPC_TIMEOUT })({ retryCount: 0 });
  const provider: L1Provider = { request: (args) => request(args as never) };
  const chainId = Number(await provider.request({ method: "eth_chainId" }));
  await provider.request({ method: "evm_setAutomine", params: [false] });
  return new L1Chain({ backend: new AnvilBackend({ provider, chainId, hardfork }), errorAbi, baseFeePerGas });
}
