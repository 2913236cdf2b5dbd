import type { Hex, TransactionReceipt } from "viem";

import type { L1BlobTransactionRequest, L1TransactionRequest } from "../../harness/l1/l1Transaction.ts";
import type { DeployedNetwork, DeployedRollup } from "../../harness/network/deployment.ts";

/**
 * Links upstream's operations library in place of ours into the same rollup in the same state, lets the caller look at what
 * the rollup then does, and goes back.
 */
export async function withUpstreamLibrary<Result>(
  network: Pick<DeployedNetwork, "chain" | "rollup">,
  rollup: DeployedRollup,
  look: () => Promise<Result>,
): Promise<Result> {
  const { chain } = network;
  const [ours, upstream] = [rollup, network.rollup].map(({ libraries }) => libraries["RollupOperationsExtLib"]);
  const code = await chain.publicClient.getCode({ address: rollup.address });
  if (ours === undefined || upstream === undefined || code === undefined) throw new Error("A library is not linked");
  const relinked = code.replaceAll(ours.slice(2).toLowerCase(), upstream.slice(2).toLowerCase()) as Hex;
  if (relinked === code) throw new Error("The rollup does not call its operations library");

  const restore = await chain.snapshot();
  try {
    await chain.setCode(rollup.address, relinked);
    return await look();
  } finally {
    await restore();
  }
}

/** Runs a transaction with upstream's library. What differs from the real run is what our library did. */
export function runAsUpstream<Result>(
  network: Pick<DeployedNetwork, "chain" | "rollup">,
  rollup: DeployedRollup,
  request: L1TransactionRequest | L1BlobTransactionRequest,
  timestamp: bigint,
  look: (receipt: TransactionReceipt) => Promise<Result>,
): Promise<Result> {
  return withUpstreamLibrary(network, rollup, async () =>
    look(await network.chain.execute(request, { timestamp, allowRevert: true })),
  );
}
