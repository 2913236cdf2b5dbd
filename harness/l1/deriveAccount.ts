import { encodeAbiParameters, keccak256, type Hex, type PrivateKeyAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";

export interface DerivedAccount {
  readonly account: PrivateKeyAccount;
  readonly privateKey: Hex;
}

/** Derives a test key from words alone, so that the same seed gives the same accounts in every run. Never for real funds. */
export function deriveAccount(seed: string, role: string, index = 0): DerivedAccount {
  const privateKey = keccak256(
    encodeAbiParameters([{ type: "string" }, { type: "string" }, { type: "uint256" }], [seed, role, BigInt(index)]),
  );
  return { account: privateKeyToAccount(privateKey), privateKey };
}
