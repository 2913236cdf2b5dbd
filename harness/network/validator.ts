import type { Address, Hex, PrivateKeyAccount } from "viem";

/** A BN254 key registration as `Rollup.deposit` takes it. */
export interface RegistrationTuple {
  readonly publicKeyInG1: { readonly x: bigint; readonly y: bigint };
  readonly publicKeyInG2: { readonly x0: bigint; readonly x1: bigint; readonly y0: bigint; readonly y1: bigint };
  readonly proofOfPossession: { readonly x: bigint; readonly y: bigint };
}

/** A staker with the keys that the harness holds for it. */
export interface Validator {
  /** The attester: signs attestations and sends the proposer's transactions. */
  readonly address: Address;
  readonly account: PrivateKeyAccount;
  readonly privateKey: Hex;
  /** Owns the stake. */
  readonly withdrawer: PrivateKeyAccount;
  readonly registration: RegistrationTuple;
  /** Whether the stake moves with the latest rollup; default true. */
  readonly follows?: boolean;
}
