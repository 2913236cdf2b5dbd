import { encodeAbiParameters, keccak256, type Hex } from "viem";

/** Prevrandao of a run's block at a moment. */
export function prevRandaoOf(seed: string, ms: number): Hex {
  return keccak256(encodeAbiParameters([{ type: "string" }, { type: "uint256" }], [seed, BigInt(ms)]));
}
