import { decodeFunctionData, getAddress, type Address, type Hex } from "viem";

import type { ProvenFee } from "../protocol/shares.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { EpochProofArgs } from "../upstream/epochProofArgs.ts";
import { AccountingError } from "./accountingError.ts";

/** What an epoch proof says about money. */
export interface DecodedEpochProof {
  readonly start: bigint;
  readonly end: bigint;
  readonly prover: Address;
  /** One for each checkpoint from `start` to `end`. */
  readonly fees: readonly ProvenFee[];
}

/**
 * Reads range, prover and fees out of the calldata of `submitEpochRootProof`.
 * @throws AccountingError when the calldata calls something else.
 */
export function decodeEpochProof(calldata: Hex): DecodedEpochProof {
  const call = decode(calldata);
  const { start, end, args, fees } = call;
  const word = (index: number) => BigInt(fees[index] ?? 0n);
  const count = end < start ? 0 : Number(end - start + 1n);
  return {
    start,
    end,
    prover: args.proverId,
    fees: Array.from({ length: count }, (_, index) => ({
      recipient: fieldToAddress(word(2 * index)),
      value: word(2 * index + 1),
    })),
  };
}

function decode(calldata: Hex): EpochProofArgs {
  try {
    const { functionName, args } = decodeFunctionData({ abi: RollupAbi, data: calldata });
    if (functionName === "submitEpochRootProof") return args[0];
  } catch (cause) {
    throw new AccountingError("The calldata is no call of the rollup", { cause });
  }
  throw new AccountingError("The calldata is no epoch proof");
}

/** Only the low 20 bytes count. Source: `RewardLib.fieldToAddress`. */
function fieldToAddress(word: bigint): Address {
  return getAddress(`0x${(word % 2n ** 160n).toString(16).padStart(40, "0")}`);
}
