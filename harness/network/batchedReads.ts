import { createPublicClient, custom, type Chain, type CustomTransport, type PublicClient } from "viem";

import type { L1Node } from "../l1/l1Node.ts";
import { MULTI_CALL_3_ADDRESS } from "../upstream/contracts.ts";

type BatchingClient = PublicClient<CustomTransport, Chain>;

const clients = new WeakMap<L1Node, BatchingClient>();

/** Calldata of one batch, in bytes: more than anybody reads at once. */
const BATCH_BYTES = 2 ** 20;

/**
 * A client whose concurrent reads of contracts go to the node in one call, through Multicall3. For many plain getters of one
 * block: to them the caller is Multicall3.
 */
export function batchedReads(node: L1Node): BatchingClient {
  const known = clients.get(node);
  if (known !== undefined) return known;
  const { chain } = node.publicClient;
  const client = createPublicClient({
    chain: { ...chain, contracts: { multicall3: { address: MULTI_CALL_3_ADDRESS } } },
    cacheTime: 0,
    transport: custom({ request: ({ method, params }) => node.rpc(method, params as unknown[]) }, { retryCount: 0 }),
    batch: { multicall: { batchSize: BATCH_BYTES } },
  });
  clients.set(node, client);
  return client;
}
