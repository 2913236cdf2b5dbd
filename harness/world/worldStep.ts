import type { Hex } from "viem";

import type { L1RevertError } from "../l1/l1Errors.ts";

/** Something that was tried in a world, and how it ended: one transaction, or several that only count together. */
export interface WorldStep {
  /** For programs: unique within a run and the same in every run; lowerCamel words with dots. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** The header slot that it is about, where there is one. */
  readonly slot?: bigint;
  readonly note?: string;
  /** `skipped-in-bundle`: the bundle succeeded and the proposal in it reverted. */
  readonly outcome: "success" | "reverted" | "skipped-in-bundle";
  /** Why it reverted or was skipped. */
  readonly revert?: L1RevertError;
  /** The receipt's; the sum for several transactions. */
  readonly gasUsed: bigint;
  readonly transactions: number;
  /** Only of a single transaction. */
  readonly txHash?: Hex;
}
