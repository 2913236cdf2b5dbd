import { isDeepStrictEqual } from "node:util";

import { BuildAheadError } from "../../errors.ts";
import type { ExecutedBlock, LandedCheckpoint, LedgerBlock, Outcome } from "../../sim/ledger.ts";

/** Where two ledgers part. */
export interface LedgerDifference {
  /** What differs: a transaction's id, or the rollup. */
  readonly what: string;
  readonly chain: unknown;
  readonly model: unknown;
}

/** The model and the contracts have answered one call differently. */
export class LedgerDifferenceError extends BuildAheadError {
  /** @param block What both executed @param seed With which the run can be repeated */
  constructor(seed: string, slot: number, block: LedgerBlock, { what, chain, model }: LedgerDifference) {
    super("The model ledger is not what the contracts are", {
      fields: { seed, slot, what, chain: toText(chain), model: toText(model), block: toText(block) },
    });
  }
}

/** Checkpoints below the tip that are compared: deeper down nothing happens any more. */
const COMPARED_DEPTH = 12;

/** The first thing in which two answers differ. What a transaction used of gas is measured on one side and classified on the other. */
export function findDifference(chain: ExecutedBlock, model: ExecutedBlock): LedgerDifference | undefined {
  for (const [index, onChain] of chain.outcomes.entries()) {
    const inModel = model.outcomes[index];
    const [one, other] = [withoutGas(onChain), inModel === undefined ? undefined : withoutGas(inModel)];
    if (!isDeepStrictEqual(one, other)) return { what: onChain.id, chain: one, model: other };
  }
  const [one, other] = [describeRollup(chain), describeRollup(model)];
  return isDeepStrictEqual(one, other) ? undefined : { what: "the rollup", chain: one, model: other };
}

function withoutGas(outcome: Outcome): Outcome {
  return { ...outcome, gasUsed: 0 };
}

function describeRollup({ rollup: { tip, proven } }: ExecutedBlock) {
  const chain: Omit<LandedCheckpoint, "parent">[] = [];
  let at = tip;
  for (let depth = 0; at !== undefined && depth < COMPARED_DEPTH; depth++) {
    const { parent, ...rest } = at;
    chain.push(rest);
    at = parent;
  }
  return { proven, chain };
}

function toText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? part.toString() : part));
}
