import type { Address } from "viem";

import type { KeyRing } from "../../harness/consensus/keyRing.ts";
import type { Secp256k1Signer } from "../../harness/upstream/foundation.ts";

/** What signs gossip as an address; a test that asks for a key which nobody holds is wrong. */
export function signerOf(keys: KeyRing, address: Address): Secp256k1Signer {
  const signer = keys.signerOf(address);
  if (signer === undefined) throw new Error(`No key is held for ${address}`);
  return signer;
}
