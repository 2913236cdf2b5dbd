import type { Hex } from "viem";

import type { L1Node } from "../l1/l1Node.ts";
import { BenchContradictionError } from "./record/benchErrors.ts";

/** One step of `debug_traceTransaction`'s default tracer. Gas values are those before the step. */
export interface TraceStep {
  readonly pc: number;
  readonly op: string;
  readonly gas: number;
  readonly gasCost: number;
  readonly depth: number;
  readonly refund?: number;
  /** Only when asked for; the top is last. */
  readonly stack?: readonly Hex[];
}

export interface ExecutionTrace {
  /** Gas that was there when the first opcode ran. */
  readonly gasAtStart: number;
  /** Gas that the EVM spent, after the refund and without anything paid for the transaction itself. */
  readonly execution: number;
  readonly steps: readonly TraceStep[];
}

export interface TraceOptions {
  readonly withStack?: boolean;
  /** What the transaction paid before its first opcode; a refund is capped by a fifth of everything (EIP-3529). */
  readonly intrinsic: number;
}

/** Replays a mined transaction and adds up what its opcodes cost. @throws BenchContradictionError when none ran. */
export async function traceExecution(chain: L1Node, txHash: Hex, options: TraceOptions): Promise<ExecutionTrace> {
  const { intrinsic, withStack = false } = options;
  const { failed, structLogs } = await chain.rpc<{ failed: boolean; structLogs: TraceStep[] }>(
    "debug_traceTransaction",
    [txHash, { disableMemory: true, disableStorage: true, disableStack: !withStack }],
  );
  const [first, last] = [structLogs[0], structLogs.at(-1)];
  if (first === undefined || last === undefined) {
    throw new BenchContradictionError("A transaction that should run code ran none", { fields: { txHash } });
  }
  const spent = first.gas - (last.gas - last.gasCost);
  const refund = failed ? 0 : Math.min(last.refund ?? 0, Math.floor((intrinsic + spent) / 5));
  return { gasAtStart: first.gas, execution: spent - refund, steps: structLogs };
}
