import type { Hex } from "viem";

import { Fr } from "./foundation.ts";
import {
  ConsensusPayload,
  getHashedSignaturePayload,
  SignatureDomainSeparator,
  type CheckpointHeader,
} from "./stdlib.ts";

/** What a committee agrees on. `feeAssetPriceModifier` is in basis points of the fee asset's price. */
export function makePayload(header: CheckpointHeader, archive: Hex, feeAssetPriceModifier: bigint): ConsensusPayload {
  return new ConsensusPayload(header, Fr.fromString(archive), feeAssetPriceModifier);
}

/** L1's `payloadDigest` (`ProposeLib.digest`). It carries no chain and no rollup. */
export function computePayloadDigest(payload: ConsensusPayload): Hex {
  return getHashedSignaturePayload(payload, SignatureDomainSeparator.checkpointAttestation).toString();
}
