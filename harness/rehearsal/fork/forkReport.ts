import type { Address, Hex } from "viem";

import type { GovernancePath } from "../../network/governance.ts";
import type { LateSubmissionTerms } from "../../protocol/terms.ts";
import type { RehearsalStep } from "../rehearsalReport.ts";
import type { Override } from "./overrides.ts";

/** One row of what the new rollup has otherwise than the canonical one, or has as it has. */
export interface ComparisonRow {
  readonly area: "configuration" | "selectors" | "storage" | "code" | "digests";
  readonly subject: string;
  readonly before: string;
  readonly after: string;
  readonly same: boolean;
  /** Why it differs; only of what does. */
  readonly why?: string;
}

/** A word of storage that a payload's execution wrote. */
export interface ExplainedWord {
  readonly contract: string;
  readonly address: Address;
  readonly word: Hex;
  readonly before: Hex;
  readonly after: Hex;
  readonly meaning: string;
}

/** A payload's way through governance. */
export interface PayloadReport {
  readonly name: string;
  readonly payload: Address;
  readonly path: GovernancePath;
  readonly proposalId: number;
  /** What it calls, for people. */
  readonly actions: readonly string[];
  /** From its proposal to its execution. */
  readonly days: number;
  readonly executedBy: Hex;
  readonly words: readonly ExplainedWord[];
}

/** Something that must hold on the other side. */
export interface ForkCheck {
  readonly id: string;
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly passed: boolean;
}

/** The same step on the old rollup and on the new one. */
export interface ComparedStep {
  readonly id: string;
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly gasBefore: number;
  readonly gasAfter: number;
  readonly same: boolean;
}

/** Transactions of one kind. */
export interface TransactionKind {
  /** Contract and function, or what was deployed. */
  readonly kind: string;
  readonly count: number;
  /** Of the dearest of them. */
  readonly gasUsed: number;
}

/** Everything that a rehearsal on a fork has shown; what `evidence/rehearsal-<network>.json` holds. */
export interface ForkReport {
  readonly format: 1;
  readonly network: string;
  readonly seed: string;
  readonly source: {
    readonly chainId: number;
    readonly blockNumber: string;
    readonly blockHash: Hex;
    readonly timestamp: number;
    /** Different answers that were read from it, and so requests to it. */
    readonly answers: number;
  };
  readonly hardfork: string;
  readonly contracts: Readonly<Record<string, Address>>;
  readonly previous: { readonly rollup: Address; readonly version: string };
  readonly next: { readonly rollup: Address; readonly version: string; readonly terms: LateSubmissionTerms };
  /** What the reader has to know before anything else. */
  readonly warnings: readonly string[];
  readonly comparison: readonly ComparisonRow[];
  readonly payloads: readonly PayloadReport[];
  readonly checks: readonly ForkCheck[];
  readonly steps: readonly RehearsalStep[];
  readonly compared: readonly ComparedStep[];
  readonly transactions: readonly TransactionKind[];
  /** EIP-7825. */
  readonly gasCap: number;
  readonly overrides: readonly Override[];
  readonly openQuestions: readonly string[];
}
