import { encodeFunctionData, type Address } from "viem";

import type { ExecuteOptions } from "../l1/l1Chain.ts";
import type { AztecDeployment } from "../network/deployment.ts";
import { TestERC20Abi } from "../upstream/abis.ts";

/**
 * Mints the test fee asset, in fee token units (1e18): what users would have bridged to a portal, or what fills a
 * distributor. Only on networks that deployed their own token. Mines a block.
 */
export async function mintFeeAsset(
  { chain, deployer, contracts }: Pick<AztecDeployment, "chain" | "deployer" | "contracts">,
  to: Address,
  amount: bigint,
  options: ExecuteOptions = {},
): Promise<void> {
  const data = encodeFunctionData({ abi: TestERC20Abi, functionName: "mint", args: [to, amount] });
  await chain.execute({ from: deployer, to: contracts.feeAsset, data }, options);
}
