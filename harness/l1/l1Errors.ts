import type { Address, Hex } from "viem";

import { BuildAheadError } from "../errors.ts";

/** A transaction or call reverted. `errorName` is undefined when no known ABI has the selector, or there is no data. */
export class L1RevertError extends BuildAheadError {
  readonly errorName: string | undefined;
  readonly args: readonly unknown[];
  /** Raw revert data, `0x` when there is none (out of gas, bare revert). */
  readonly data: Hex;
  readonly to: Address | undefined;
  readonly txHash: Hex | undefined;

  constructor(revert: {
    errorName?: string | undefined;
    args?: readonly unknown[];
    data: Hex;
    to?: Address | undefined;
    txHash?: Hex | undefined;
    cause?: unknown;
  }) {
    const { errorName, args = [], data, to, txHash, cause } = revert;
    super(errorName === undefined ? "L1 reverted without a known error" : `L1 reverted with ${errorName}`, {
      fields: {
        args: `[${args.map(String).join(", ")}]`,
        ...(errorName === undefined ? { data } : {}),
        ...(to === undefined ? {} : { to }),
        ...(txHash === undefined ? {} : { txHash }),
      },
      cause,
    });
    this.errorName = errorName;
    this.args = args;
    this.data = data;
    this.to = to;
    this.txHash = txHash;
  }
}

/** The chain's clock cannot be, or was not, put where it was asked to be. All times are Unix seconds. */
export class L1ClockError extends BuildAheadError {
  constructor(shortMessage: string, requested: bigint, latest: bigint, cause?: unknown) {
    super(shortMessage, { fields: { requested, latest }, cause });
  }
}

/** The node refused a transaction before it could be mined. */
export class L1SubmissionError extends BuildAheadError {
  constructor(from: Address, nonce: number, cause: unknown) {
    super("L1 refused a transaction", {
      fields: { from, nonce, reason: describeCause(cause) },
      cause,
    });
  }
}

/** A transaction was to take another's place and does not pay enough more for it. */
export class UnderpricedReplacementError extends BuildAheadError {
  constructor(from: Address, nonce: number, bumpPercent: bigint) {
    super("A replacement must pay more in every fee", { fields: { from, nonce, bumpPercent } });
  }
}

/** The node answered something that is no answer. */
export class L1AnswerError extends BuildAheadError {
  constructor(method: string, answer: unknown) {
    super("The L1 node's answer makes no sense", { fields: { method, answer: JSON.stringify(answer).slice(0, 100) } });
  }
}

/** The chain underneath lacks something (a hardfork it does not know, prevrandao control, a fork mode). */
export class UnsupportedL1FeatureError extends BuildAheadError {
  constructor(feature: string, fields: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(`The L1 chain underneath does not support ${feature}`, { fields, cause });
  }
}

/** The first line of what went wrong. A client's whole message repeats the request, blobs and all. */
function describeCause(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const [line] = cause.message.split("\n");
  return line;
}
