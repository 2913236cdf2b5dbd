import type { Hex, TransactionReceipt } from "viem";

import { decodeRevert } from "../l1/decodeRevert.ts";
import type { Side } from "../twin/side.ts";
import { BenchContradictionError } from "./record/benchErrors.ts";
import { computeCalldataGas, type CalldataGas } from "./record/calldataGas.ts";
import { traceExecution } from "./traceExecution.ts";

/** What one mined transaction cost. Gas, except for the byte counts. */
export interface Measurement extends CalldataGas {
  /** Work of the EVM, after the refund; traced. */
  readonly execution: number;
  /** The receipt's. */
  readonly gasUsed: number;
  /** Paid on top, revert or not. */
  readonly blobGas: number;
  /** `success`, or the name of the custom error that it, or the call that a bundle was sent for, ended with. */
  readonly outcome: string;
}

export interface MeasureOptions {
  /**
   * Whether to trace. Where the calldata floor does not bind, the receipt says the same: gasUsed = intrinsic + execution. Long
   * series of landings rely on that; where the floor binds, tracing is the only way to know.
   */
  readonly trace?: boolean;
  /** The call of a bundle whose outcome counts: the first one to this address with this selector. */
  readonly inner?: { readonly to: Hex; readonly selector: Hex };
}

interface CallFrame {
  readonly to?: Hex;
  readonly input?: Hex;
  readonly output?: Hex;
  readonly error?: string;
  readonly calls?: readonly CallFrame[];
}

/**
 * Measures a mined transaction and checks it against the rules of gas: receipt = max(intrinsic + execution, floor).
 * @throws BenchContradictionError when receipt, trace and formula do not agree.
 */
export async function measureTransaction(
  side: Side,
  receipt: TransactionReceipt,
  options: MeasureOptions = {},
): Promise<Measurement> {
  const { chain } = side;
  const { input, gas } = await chain.publicClient.getTransaction({ hash: receipt.transactionHash });
  const calldata = computeCalldataGas(input, chain.hardfork);
  const { intrinsic, calldataFloor } = calldata;
  const gasUsed = Number(receipt.gasUsed);
  const isFloorBound = gasUsed <= calldataFloor;
  let execution = gasUsed - intrinsic;
  if (options.trace !== false || isFloorBound) {
    const trace = await traceExecution(chain, receipt.transactionHash, { intrinsic });
    execution = trace.execution;
    const traced = {
      intrinsic: Number(gas) - trace.gasAtStart,
      gasUsed: Math.max(intrinsic + execution, calldataFloor),
    };
    if (traced.intrinsic !== intrinsic || traced.gasUsed !== gasUsed) {
      throw new BenchContradictionError("Receipt, trace and the formulas of gas disagree", {
        fields: { gasUsed, intrinsic, execution, calldataFloor, tracedIntrinsic: traced.intrinsic },
      });
    }
  }
  const outcome = await readOutcome(side, receipt, options.inner);
  return { ...calldata, execution, gasUsed, blobGas: Number(receipt.blobGasUsed ?? 0n), outcome };
}

async function readOutcome(
  { chain, errorAbi }: Side,
  receipt: TransactionReceipt,
  inner: MeasureOptions["inner"],
): Promise<string> {
  if (inner === undefined && receipt.status === "success") return "success";
  const root = await chain.rpc<CallFrame>("debug_traceTransaction", [
    receipt.transactionHash,
    { tracer: "callTracer" },
  ]);
  const frame = inner === undefined ? root : findCall(root, inner);
  if (frame === undefined) return "not called";
  if (frame.error === undefined) return "success";
  const { errorName, data } = decodeRevert(await errorAbi(), frame.output ?? "0x");
  return errorName ?? data;
}

function findCall(frame: CallFrame, inner: { readonly to: Hex; readonly selector: Hex }): CallFrame | undefined {
  const isIt = frame.to?.toLowerCase() === inner.to.toLowerCase() && frame.input?.startsWith(inner.selector) === true;
  if (isIt) return frame;
  for (const call of frame.calls ?? []) {
    const found = findCall(call, inner);
    if (found !== undefined) return found;
  }
  return undefined;
}
