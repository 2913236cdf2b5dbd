import { isAddressEqual, zeroAddress, type Address } from "viem";

import type { L1Node } from "../l1/l1Node.ts";
import { EscapeHatchAbi, RollupAbi } from "../upstream/abis.ts";

/** What upstream's escape hatch is deployed with, beside the rollup that it belongs to. */
export interface EscapeHatchConfig {
  readonly bondToken: Address;
  /** Units of the bond token, as the next two. */
  readonly bondSize: bigint;
  readonly withdrawalTax: bigint;
  readonly failedHatchPunishment: bigint;
  /** Epochs from one opening to the next. */
  readonly frequency: bigint;
  /** Epochs. */
  readonly activeDuration: bigint;
  readonly lagInHatches: bigint;
  /** Seconds. */
  readonly proposingExitDelay: bigint;
}

/** A hatch on chain. Its constructor takes the rollup, so every rollup version needs one of its own. */
export interface EscapeHatch extends EscapeHatchConfig {
  readonly address: Address;
  readonly rollup: Address;
}

/** The hatch that a rollup has set, and what it was deployed with; or undefined. */
export async function readEscapeHatch({ publicClient }: L1Node, rollup: Address): Promise<EscapeHatch | undefined> {
  const address = await publicClient.readContract({ address: rollup, abi: RollupAbi, functionName: "getEscapeHatch" });
  if (isAddressEqual(address, zeroAddress)) return undefined;
  const hatch = { address, abi: EscapeHatchAbi } as const;
  const amount = <
    Name extends
      | "getBondSize"
      | "getWithdrawalTax"
      | "getFailedHatchPunishment"
      | "getFrequency"
      | "getActiveDuration"
      | "getLagInHatches"
      | "getProposingExitDelay",
  >(
    functionName: Name,
  ) => publicClient.readContract({ ...hatch, functionName });
  return {
    address,
    rollup: await publicClient.readContract({ ...hatch, functionName: "getRollup" }),
    bondToken: await publicClient.readContract({ ...hatch, functionName: "getBondToken" }),
    bondSize: await amount("getBondSize"),
    withdrawalTax: await amount("getWithdrawalTax"),
    failedHatchPunishment: await amount("getFailedHatchPunishment"),
    frequency: await amount("getFrequency"),
    activeDuration: await amount("getActiveDuration"),
    lagInHatches: await amount("getLagInHatches"),
    proposingExitDelay: await amount("getProposingExitDelay"),
  };
}
