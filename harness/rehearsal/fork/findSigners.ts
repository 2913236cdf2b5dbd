import type { Address, LocalAccount } from "viem";

import { deriveAccount } from "../../l1/deriveAccount.ts";
import type { L1Chain } from "../../l1/l1Chain.ts";
import type { Rollup } from "../../network/rollup.ts";
import { RollupAbi } from "../../upstream/abis.ts";
import { SOURCE_SEED } from "./forkSource.ts";

/** Signs for a validator whose key is known. */
export type SignerOf = (validator: Address) => LocalAccount | undefined;

/** Upstream's `Status.VALIDATING`. */
const VALIDATING = 1;

/** Whether a validator is active on a rollup. */
export async function isValidating({ publicClient }: L1Chain, { address }: Rollup, validator: Address) {
  const contract = { address, abi: RollupAbi } as const;
  return (
    (await publicClient.readContract({ ...contract, functionName: "getStatus", args: [validator] })) === VALIDATING
  );
}

/**
 * Keys of a rollup's validators: the rehearsal's own and, on a network that `fork-source` made, that source's. On a network of strangers
 * this asks for one status more than it has validators of its own.
 *
 * @returns undefined unless every active validator's key is known: any of them can be the proposer of the next slot.
 */
export async function findSigners(
  chain: L1Chain,
  rollup: Rollup,
  own: readonly LocalAccount[],
): Promise<SignerOf | undefined> {
  const known = new Map<Address, LocalAccount>();
  for (const account of own)
    if (await isValidating(chain, rollup, account.address)) known.set(account.address, account);
  for (let index = 0; ; index++) {
    const { account } = deriveAccount(SOURCE_SEED, "validator", index);
    if (!(await isValidating(chain, rollup, account.address))) break;
    known.set(account.address, account);
  }
  const active = await chain.publicClient.readContract({
    address: rollup.address,
    abi: RollupAbi,
    functionName: "getActiveAttesterCount",
  });
  return BigInt(known.size) === active ? (validator) => known.get(validator) : undefined;
}
