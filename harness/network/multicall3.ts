import type { Address, Hex } from "viem";

import { deployMulticall3, MULTI_CALL_3_ADDRESS } from "../upstream/contracts.ts";
import type { Deployer } from "./deployer.ts";

/**
 * Puts Multicall3 at its well-known address if it is not there, through the presigned transaction that put it there on
 * every chain. Upstream's client library carries that transaction; this gives it the four client methods it uses.
 */
export async function ensureMulticall3({ chain, account }: Deployer): Promise<Address> {
  const client = {
    getCode: ({ address }: { address: Address }) => chain.publicClient.getCode({ address }),
    sendTransaction: async ({ to, value }: { to: Address; value: bigint }) =>
      (await chain.execute({ from: account, to, value })).transactionHash,
    sendRawTransaction: async ({ serializedTransaction }: { serializedTransaction: Hex }) => {
      const { hash } = await chain.submitRaw(serializedTransaction);
      await chain.mine({ include: [hash] });
      return hash;
    },
    waitForTransactionReceipt: ({ hash }: { hash: Hex }) => chain.publicClient.getTransactionReceipt({ hash }),
  };
  const silent = { verbose: () => {}, info: () => {}, error: () => {} };
  await deployMulticall3(client as unknown as Parameters<typeof deployMulticall3>[0], silent as never);
  return MULTI_CALL_3_ADDRESS;
}
