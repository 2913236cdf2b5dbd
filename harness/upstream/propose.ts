import { encodeFunctionData, type Address, type Hex } from "viem";

import { RollupAbi } from "./abis.ts";
import type { ViemSignature } from "./foundation.ts";
import type { HeaderFields } from "./header.ts";

/** What `propose` and the header check take of a checkpoint. `feeAssetPriceModifier` is in basis points. */
export interface ProposeArgs {
  readonly archive: Hex;
  readonly oracleInput: { readonly feeAssetPriceModifier: bigint };
  readonly header: HeaderFields;
}

/** Upstream's `CommitteeAttestations`: one bit per member, then a signature (v, r, s) for a set bit and an address for a clear one. */
export interface PackedAttestations {
  readonly signatureIndices: Hex;
  readonly signaturesOrAddresses: Hex;
}

export interface ProposeCall {
  readonly proposeArgs: ProposeArgs;
  readonly attestations: PackedAttestations;
  readonly signers: readonly Address[];
  readonly signature: ViemSignature;
  /** The number of blobs, then their commitments. */
  readonly blobInput: Hex;
}

/** The one place where a `propose` call is encoded. */
export function encodePropose({ proposeArgs, attestations, signers, signature, blobInput }: ProposeCall): Hex {
  return encodeFunctionData({
    abi: RollupAbi,
    functionName: "propose",
    args: [proposeArgs, attestations, signers, signature, blobInput],
  });
}
