import { hexToBytes, type Hex } from "viem";

/** What a transaction pays for its bytes alone; gas, except for the byte counts. */
export interface CalldataGas {
  readonly calldataBytes: number;
  readonly zeroBytes: number;
  readonly nonZeroBytes: number;
  /** Paid before the first opcode: for the transaction, and for each byte (EIP-2028). */
  readonly intrinsic: number;
  /** The least that a transaction with these bytes pays under the hard fork of its row. */
  readonly calldataFloor: number;
  /** The floor of EIP-7976: a projection for forks before Amsterdam. */
  readonly projectedFloor: number;
}

/** Gas that every transaction pays. */
export const TRANSACTION_GAS = 21_000;
/** Gas per byte (EIP-2028). */
export const BYTE_GAS = { zero: 4, nonZero: 16 } as const;
/** The floor's gas per byte, zero or not, from Amsterdam on (EIP-7976). */
export const PROJECTED_FLOOR_PER_BYTE = 64;
/** EIP-7623 counts a zero byte as one token and any other as four, at so much gas each. */
const TOKENS = { zero: 1, nonZero: 4 } as const;
const FLOOR_PER_TOKEN = 10;

/**
 * Prices calldata by the formulas of the EIPs. For a plain call: no access list, no contract creation.
 *
 * The floor goes by tokens (EIP-7623) until Amsterdam; then by bytes (EIP-7976).
 */
export function computeCalldataGas(data: Hex, hardfork: string): CalldataGas {
  const bytes = hexToBytes(data);
  const zeroBytes = bytes.filter((byte) => byte === 0).length;
  const nonZeroBytes = bytes.length - zeroBytes;
  const tokens = TOKENS.zero * zeroBytes + TOKENS.nonZero * nonZeroBytes;
  const projectedFloor = TRANSACTION_GAS + PROJECTED_FLOOR_PER_BYTE * bytes.length;
  return {
    calldataBytes: bytes.length,
    zeroBytes,
    nonZeroBytes,
    intrinsic: TRANSACTION_GAS + BYTE_GAS.zero * zeroBytes + BYTE_GAS.nonZero * nonZeroBytes,
    calldataFloor: hardfork === "amsterdam" ? projectedFloor : TRANSACTION_GAS + FLOOR_PER_TOKEN * tokens,
    projectedFloor,
  };
}
