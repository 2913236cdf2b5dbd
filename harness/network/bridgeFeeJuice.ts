import { encodeFunctionData, zeroHash, type TransactionReceipt } from "viem";

import { FeeJuicePortalAbi, TestERC20Abi } from "../upstream/abis.ts";
import type { AztecDeployment, RollupDeployment } from "./deployment.ts";

/**
 * Bridges fee tokens to L2 through a rollup's portal, as users do: the portal holds what they then pay fees with, and the inbox
 * gets a message.
 * @param amount Fee token units (1e18), minted for the purpose
 */
export async function bridgeFeeJuice(
  { chain, deployer, contracts }: AztecDeployment,
  { feeJuicePortal }: RollupDeployment,
  amount: bigint,
): Promise<TransactionReceipt> {
  const token = (functionName: "mint" | "approve", to: typeof feeJuicePortal) =>
    encodeFunctionData({ abi: TestERC20Abi, functionName, args: [to, amount] });
  await chain.execute({ from: deployer, to: contracts.feeAsset, data: token("mint", deployer.address) });
  await chain.execute({ from: deployer, to: contracts.feeAsset, data: token("approve", feeJuicePortal) });
  return chain.execute({
    from: deployer,
    to: feeJuicePortal,
    data: encodeFunctionData({
      abi: FeeJuicePortalAbi,
      functionName: "depositToAztecPublic",
      // Synthetic execution claims nothing on L2, so nobody's address and nobody's secret will do.
      args: [zeroHash, amount, zeroHash],
    }),
  });
}
