import { http } from "viem";

import { DEFAULT_SEED } from "./embeddedChain.ts";
import { L1Chain, type L1Provider } from "./l1Chain.ts";

export interface RpcChainOptions {
  readonly url: string;
  /** Which hardfork the node runs: decides how blobs are wrapped. Default `osaka`. */
  readonly hardfork?: string;
  readonly seed?: string;
  /** Wei per gas of every block; undefined lets the node decide. */
  readonly baseFeePerGas?: bigint;
}

/** Takes over an anvil node: switches its auto-mining off, so that only this harness mines. */
export async function openRpcChain(options: RpcChainOptions): Promise<L1Chain> {
  const { url, hardfork = "osaka", seed = DEFAULT_SEED, baseFeePerGas } = options;
  const { request } = http(url)({ retryCount: 0 });
  const provider: L1Provider = { request: (args) => request(args as never) };
  const chainId = Number(await provider.request({ method: "eth_chainId" }));
  await provider.request({ method: "evm_setAutomine", params: [false] });
  return new L1Chain({ provider, backend: "anvil", chainId, hardfork, seed, baseFeePerGas });
}
