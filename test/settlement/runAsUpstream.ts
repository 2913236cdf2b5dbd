import type { Hex, TransactionReceipt } from "viem";

import type { L1TransactionRequest } from "../../harness/l1/l1Transaction.ts";
import type { AztecDeployment, RollupDeployment } from "../../harness/network/deployment.ts";

/**
 * Runs a transaction on the same rollup in the same state, but with upstream's operations library linked in place of ours,
 * lets the caller look at the outcome, and goes back. What differs from the real run is what our library did.
 */
export async function runAsUpstream<Result>(
  network: Pick<AztecDeployment, "chain" | "rollup">,
  rollup: RollupDeployment,
  request: L1TransactionRequest,
  timestamp: bigint,
  look: (receipt: TransactionReceipt) => Promise<Result>,
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
    return await look(await chain.execute(request, { timestamp, allowRevert: true }));
  } finally {
    await restore();
  }
}
