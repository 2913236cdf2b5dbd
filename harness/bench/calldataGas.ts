import { hexToBytes, type Hex } from "viem";

/** What a transaction pays for its bytes alone; gas, except for the byte counts. */
export interface CalldataGas {
  readonly calldataBytes: number;
  readonly zeroBytes: number;
  readonly nonZeroBytes: number;
  /** Paid before the first opcode: 21,000, and 4 per zero and 16 per non-zero byte (EIP-2028). */
  readonly intrinsic: number;
  /** The least that a transaction with these bytes pays under the hard fork of its row. */
  readonly calldataFloor: number;
  /** The floor at 64 gas per byte, zero or not (EIP-7976), on the base of 21,000: a projection for forks before Amsterdam. */
  readonly projectedFloor: number;
}

const BASE = 21_000;

/**
 * Prices calldata by the formulas of the EIPs. For a plain call: no access list, no contract creation.
 *
 * The floor is 21,000 and 10 gas per token, a non-zero byte being 4 tokens and a zero byte 1 (EIP-7623), until Amsterdam; then
 * 64 gas per byte (EIP-7976).
 */
export function computeCalldataGas(data: Hex, hardfork: string): CalldataGas {
  const bytes = hexToBytes(data);
  const zeroBytes = bytes.filter((byte) => byte === 0).length;
  const nonZeroBytes = bytes.length - zeroBytes;
  const tokens = zeroBytes + 4 * nonZeroBytes;
  const projectedFloor = BASE + 64 * bytes.length;
  return {
    calldataBytes: bytes.length,
    zeroBytes,
    nonZeroBytes,
    intrinsic: BASE + 4 * tokens,
    calldataFloor: hardfork === "amsterdam" ? projectedFloor : BASE + 10 * tokens,
    projectedFloor,
  };
}
