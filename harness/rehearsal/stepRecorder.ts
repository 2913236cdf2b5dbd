import type { Hex, TransactionReceipt } from "viem";

import type { Landing } from "../world/world.ts";
import type { L1Chain } from "../l1/l1Chain.ts";
import type { L1RevertError } from "../l1/l1Errors.ts";
import type { RehearsalStep } from "./rehearsalReport.ts";

/** Hears of every step as it happens. */
export interface RehearsalListener {
  readonly onPhase?: (title: string) => void;
  readonly onStep?: (step: RehearsalStep) => void;
  /** Validator keys that had to be computed, of how many. */
  readonly onKeyProgress?: (done: number, count: number) => void;
}

/** Keeps the book of a rehearsal. */
export class StepRecorder {
  readonly steps: RehearsalStep[] = [];
  readonly #listener: RehearsalListener;
  #phase = "";

  constructor(listener: RehearsalListener = {}) {
    this.#listener = listener;
  }

  phase(title: string): void {
    this.#phase = title;
    this.#listener.onPhase?.(title);
  }

  /** A transaction that succeeded, or a landing with whatever became of it. */
  receipt(name: string, { transactionHash, gasUsed }: TransactionReceipt, note?: string): void {
    this.#add({ name, txHash: transactionHash, gasUsed: Number(gasUsed), transactions: 1, outcome: "success" }, note);
  }

  landing(name: string, { receipt, revert }: Landing, note?: string): void {
    if (revert === undefined) this.receipt(name, receipt, note);
    else this.failure(name, receipt, revert, "reverted", note);
  }

  failure(
    name: string,
    { transactionHash, gasUsed }: Pick<TransactionReceipt, "transactionHash" | "gasUsed">,
    revert: L1RevertError,
    outcome: RehearsalStep["outcome"],
    note?: string,
  ): void {
    const step = { name, txHash: transactionHash, gasUsed: Number(gasUsed), transactions: 1, outcome };
    this.#add({ ...step, revert: describe(revert) }, note);
  }

  /** Several transactions of one kind, as one step. */
  sum(name: string, transactions: readonly { readonly gasUsed: bigint; readonly txHash: Hex }[]): void {
    const [first] = transactions;
    const gasUsed = Number(transactions.reduce((total, transaction) => total + transaction.gasUsed, 0n));
    const isOne = first !== undefined && transactions.length === 1;
    this.#add({
      name,
      ...(isOne ? { txHash: first.txHash } : {}),
      gasUsed,
      transactions: transactions.length,
      outcome: "success",
    });
  }

  /** All transactions that an action mines, as one step. */
  async group<Result>(name: string, chain: L1Chain, action: () => Promise<Result>): Promise<Result> {
    const before = await chain.publicClient.getBlockNumber();
    const result = await action();
    await this.blocks(name, chain, before + 1n);
    return result;
  }

  /** All transactions from a block on, as one step. */
  async blocks(name: string, chain: L1Chain, from: bigint): Promise<void> {
    const latest = await chain.publicClient.getBlockNumber();
    let gasUsed = 0n;
    let transactions = 0;
    for (let blockNumber = from; blockNumber <= latest; blockNumber++) {
      const block = await chain.publicClient.getBlock({ blockNumber });
      gasUsed += block.gasUsed;
      transactions += block.transactions.length;
    }
    this.#add({ name, gasUsed: Number(gasUsed), transactions, outcome: "success" });
  }

  #add(step: Omit<RehearsalStep, "phase" | "note">, note?: string): void {
    const complete = { phase: this.#phase, ...step, ...(note === undefined ? {} : { note }) };
    this.steps.push(complete);
    this.#listener.onStep?.(complete);
  }
}

function describe({ errorName, args, data }: L1RevertError): { error: string; args: string[] } {
  return { error: errorName ?? (data satisfies Hex), args: args.map(String) };
}
