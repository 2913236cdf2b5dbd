import { decodeErrorResult, isHex, type Abi, type Address, type Hex } from "viem";

import { L1RevertError } from "./l1Errors.ts";

/** Where a revert happened, for the error's fields. */
export interface RevertContext {
  readonly to?: Address | undefined;
  readonly txHash?: Hex | undefined;
  readonly cause?: unknown;
}

/** Turns revert data into an {@link L1RevertError}: custom errors of the ABI, `Error(string)` and `Panic`. */
export function decodeRevert(errorAbi: Abi, data: Hex, context: RevertContext = {}): L1RevertError {
  if (data === "0x") return new L1RevertError({ data, ...context });
  try {
    // Typed here because viem leaves `args` out for an error without any, and its own type does not say so.
    const decoded: { readonly errorName: string; readonly args?: readonly unknown[] | undefined } = decodeErrorResult({
      abi: errorAbi,
      data,
    });
    return new L1RevertError({ errorName: decoded.errorName, args: decoded.args ?? [], data, ...context });
  } catch {
    // An unknown selector is an answer too: the raw data stays on the error.
    return new L1RevertError({ data, ...context });
  }
}

/** Digs the revert data out of whatever a client or provider threw. Undefined when the error is not a revert. */
export function findRevertData(error: unknown): Hex | undefined {
  const seen = new Set<unknown>();
  for (let current = error; typeof current === "object" && current !== null && !seen.has(current);) {
    seen.add(current);
    const { data, cause } = current as { data?: unknown; cause?: unknown };
    if (isHex(data)) return data;
    const nested = (data as { data?: unknown } | undefined | null)?.data;
    if (isHex(nested)) return nested;
    current = cause;
  }
  return undefined;
}
