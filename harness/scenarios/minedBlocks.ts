import type { L1Node } from "../l1/l1Node.ts";
import type { WorldStep } from "../world/worldStep.ts";

/** Gas (units) and number of all transactions that were mined since a block, that block included. */
export async function sumBlocks(
  { publicClient }: L1Node,
  from: bigint,
): Promise<Pick<WorldStep, "gasUsed" | "transactions">> {
  const latest = await publicClient.getBlockNumber();
  let gasUsed = 0n;
  let transactions = 0;
  for (let blockNumber = from; blockNumber <= latest; blockNumber++) {
    const block = await publicClient.getBlock({ blockNumber });
    gasUsed += block.gasUsed;
    transactions += block.transactions.length;
  }
  return { gasUsed, transactions };
}
