import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { HardhatRuntime } from "../hardhatRuntime.ts";
import { openEmbeddedChain } from "../l1/embeddedChain.ts";
import type { L1Chain } from "../l1/l1Chain.ts";
import type { DeployedNetwork } from "../network/deployment.ts";
import { errorAbiOf } from "../network/errorAbi.ts";
import { Provisioner } from "../network/provisioner.ts";

interface RpcRequest {
  readonly id: unknown;
  readonly method: string;
  readonly params?: unknown[];
}

/**
 * Continues a network under another hard fork, as one lives through its activation: what exists was deployed under the old rules,
 * what comes pays by the new ones. The old chain answers for the state until the forked one has read it, so it must not move on.
 *
 * @param seed Feeds prevrandao on the new chain
 * @returns the network on the forked chain; closing that chain closes the old one.
 */
export async function forkNetwork(
  hardhat: HardhatRuntime,
  network: DeployedNetwork,
  { hardfork, seed }: { readonly hardfork: string; readonly seed: string },
): Promise<DeployedNetwork> {
  const server = await serve(network.chain);
  const { port } = server.address() as AddressInfo;
  const blockNumber = await network.chain.publicClient.getBlockNumber();
  const fork = { url: `http://127.0.0.1:${port}`, blockNumber };
  const chain = await openEmbeddedChain(hardhat, { hardfork, seed, fork, errorAbi: errorAbiOf(hardhat.artifacts) });
  const close = chain.close.bind(chain);
  chain.close = async () => {
    await close();
    server.close();
    await network.chain.close();
  };
  const deployer = { ...network.deployer, chain };
  return { ...network, chain, deployer, provisioner: new Provisioner(deployer, network.contracts) };
}

/** Lets another node read a chain of this process. */
async function serve(chain: L1Chain): Promise<Server> {
  const answer = async ({ id, method, params }: RpcRequest) => {
    try {
      return { jsonrpc: "2.0", id, result: await chain.rpc(method, params) };
    } catch (error) {
      return { jsonrpc: "2.0", id, error: { code: -32_000, message: String(error) } };
    }
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const asked = JSON.parse(Buffer.concat(chunks).toString()) as RpcRequest | RpcRequest[];
      void (Array.isArray(asked) ? Promise.all(asked.map(answer)) : answer(asked)).then((answered) => {
        response.setHeader("content-type", "application/json").end(JSON.stringify(answered));
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
