import { getAddress, type Address, type Hex, type PrivateKeyAccount } from "viem";

import { Buffer32, Secp256k1Signer } from "../upstream/foundation.ts";

/** A key that somebody handed over. */
export interface HeldKey {
  readonly account: PrivateKeyAccount;
  readonly privateKey: Hex;
}

/**
 * The keys that this process holds, apart from who is on a committee. On a fork it holds few: a key that is not there is an
 * ordinary answer.
 */
export class KeyRing {
  readonly #keys: ReadonlyMap<Address, HeldKey>;
  /** By address: making one derives the public key again, which takes as long as a signature. */
  readonly #signers = new Map<Address, Secp256k1Signer>();

  constructor(keys: Iterable<HeldKey>) {
    this.#keys = new Map([...keys].map((key) => [getAddress(key.account.address), key]));
  }

  /** Whether it can sign for an address. */
  holds(address: Address): boolean {
    return this.#keys.has(getAddress(address));
  }

  /** What sends L1 transactions as an address. */
  accountOf(address: Address): PrivateKeyAccount | undefined {
    return this.#keys.get(getAddress(address))?.account;
  }

  /** What signs the messages that nodes gossip. Deterministic (RFC 6979). */
  signerOf(address: Address): Secp256k1Signer | undefined {
    const known = getAddress(address);
    const key = this.#keys.get(known);
    if (key === undefined) return undefined;
    const signer = this.#signers.get(known) ?? new Secp256k1Signer(Buffer32.fromString(key.privateKey));
    this.#signers.set(known, signer);
    return signer;
  }
}
