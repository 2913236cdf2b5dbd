import { encodeFunctionData, type Address, type TransactionReceipt } from "viem";

import type { ExecuteOptions } from "../l1/l1Chain.ts";
import { TestERC20Abi } from "../upstream/abis.ts";
import type { Deployer } from "./deployer.ts";

/** What the deployer of a test token does with it. Amounts in the token's units (1e18). */
export type TokenAction = "mint" | "approve";

/** Mints a test token to an account, or lets the account spend the deployer's. Mines a block. */
export function callToken(
  { chain, account }: Deployer,
  token: Address,
  action: TokenAction,
  target: Address,
  amount: bigint,
  options: ExecuteOptions = {},
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: TestERC20Abi, functionName: action, args: [target, amount] });
  return chain.execute({ from: account, to: token, data }, options);
}
