import { encodeFunctionData, pad, toHex, zeroHash, type Address, type ContractFunctionArgs, type Hex } from "viem";

import { RollupAbi } from "./abis.ts";
import { MAX_CHECKPOINTS_PER_EPOCH } from "./constants.ts";

/** Upstream's `SubmitEpochRootProofArgs`. */
export type EpochProofArgs = ContractFunctionArgs<typeof RollupAbi, "nonpayable", "submitEpochRootProof">[0];

/** One entry of the public input `fees`. */
export interface CheckpointFee {
  readonly recipient: Address;
  /** Fee token units (1e18). L1 takes the congestion burn out of it, and reverts when it is less than that. */
  readonly value: bigint;
}

/** The call that hands a proof to L1. */
export function encodeEpochProof(args: EpochProofArgs): Hex {
  return encodeFunctionData({ abi: RollupAbi, functionName: "submitEpochRootProof", args: [args] });
}

/** Recipient and value per checkpoint, padded with zeros to the epoch's maximum. */
export function encodeFees(fees: readonly CheckpointFee[]): Hex[] {
  const words = fees.flatMap(({ recipient, value }) => [pad(recipient, { size: 32 }), toHex(value, { size: 32 })]);
  return [...words, ...Array.from({ length: 2 * MAX_CHECKPOINTS_PER_EPOCH - words.length }, () => zeroHash)];
}
