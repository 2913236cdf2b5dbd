import { erc20Abi, hexToBigInt, type Address } from "viem";

import { BuildAheadError } from "../../errors.ts";
import type { L1Chain } from "../../l1/l1Chain.ts";
import { mappingWord, toWord } from "../../protocol/storageMap.ts";

/**
 * Nobody knows where a token keeps its balances.
 * @public for who catches it
 */
export class UnknownTokenLayoutError extends BuildAheadError {}

/** Where balances may be: the first words of a contract. OpenZeppelin's ERC-20 has them in the very first. */
const PLACES = 32n;

/**
 * Finds the mapping of balances of a token by somebody who holds some.
 * @throws UnknownTokenLayoutError
 */
export async function findBalances(chain: L1Chain, token: Address, holder: Address): Promise<bigint> {
  const balance = await balanceOf(chain, token, holder);
  for (let position = 0n; balance > 0n && position < PLACES; position++) {
    const value = await chain.publicClient.getStorageAt({ address: token, slot: wordOf(holder, position) });
    if (value !== undefined && hexToBigInt(value) === balance) return position;
  }
  throw new UnknownTokenLayoutError("The balances of a token were not found in its storage", {
    fields: { token, holder, balance },
  });
}

/** Gives an account more of a token than it has, by writing its balance. The total supply stays what it was. */
export async function dealTokens(
  chain: L1Chain,
  token: { readonly address: Address; readonly balances: bigint },
  account: Address,
  amount: bigint,
): Promise<void> {
  const balance = await balanceOf(chain, token.address, account);
  await chain.setStorageAt(token.address, wordOf(account, token.balances), toWord(balance + amount));
}

const wordOf = (account: Address, position: bigint) => toWord(mappingWord(hexToBigInt(account), position));

function balanceOf({ publicClient }: L1Chain, address: Address, account: Address): Promise<bigint> {
  return publicClient.readContract({ address, abi: erc20Abi, functionName: "balanceOf", args: [account] });
}
