import type { Address, Hex } from "viem";

import type { LateSubmissionTerms } from "../protocol/terms.ts";

/** One transaction, or a group of them that only count together. */
export interface RehearsalStep {
  /** The same in every run, and unique: what programs, tests and texts refer to. */
  readonly id: string;
  readonly phase: string;
  readonly name: string;
  /** The header slot that it is about. */
  readonly slot?: number;
  /** Undefined for a group, and for what a node refuses before it is sent. */
  readonly txHash?: Hex;
  /** The receipt's; the sum for a group. */
  readonly gasUsed: number;
  /** Transactions in the step. */
  readonly transactions: number;
  /** `skipped-in-bundle`: the bundle succeeded and the proposal in it reverted. */
  readonly outcome: "success" | "reverted" | "skipped-in-bundle";
  readonly revert?: { readonly error: string; readonly args: readonly string[] };
  readonly note?: string;
}

/** Why a checkpoint landed late, and through whom. */
export type LateKind =
  "next-proposer" | "third-party" | "by-proposal" | "original-proposer" | "boundary-slip" | "cross-epoch";

/** One late slot after settlement. Amounts are fee token units (1e18) as decimal strings. */
export interface LateSlotReport {
  readonly slot: number;
  readonly kind: LateKind;
  readonly checkpointNumber: number;
  readonly originalProposer: Address;
  readonly submitter: Address;
  readonly coinbase: Address;
  readonly delaySeconds: number;
  /** The split that the delay gives under the terms, in basis points of `share`. */
  readonly submitterBps: number;
  readonly burnBps: number;
  readonly share: string;
  readonly submitterCut: string;
  readonly forfeited: string;
  readonly coinbaseKept: string;
}

/** The two sides of the conservation equation for one epoch proof. Amounts as in {@link LateSlotReport}. */
export interface ConservationReport {
  readonly epoch: number;
  readonly sources: Readonly<Record<string, string>>;
  readonly uses: Readonly<Record<string, string>>;
  readonly sumOfSources: string;
  readonly sumOfUses: string;
  readonly holds: boolean;
}

export interface CodeSizeReport {
  readonly contract: string;
  readonly address: Address;
  /** Bytes of runtime code. */
  readonly size: number;
  /** Bytes left under EIP-170. */
  readonly margin: number;
}

export interface ClaimReport {
  readonly who: string;
  readonly address: Address;
  readonly amount: string;
}

/** Everything a rehearsal has shown; what `evidence/rehearsal.json` holds. */
export interface RehearsalReport {
  readonly seed: string;
  readonly slots: number;
  readonly committee: number;
  readonly validators: number;
  readonly hardfork: string;
  /** What the window was opened with. */
  readonly terms: LateSubmissionTerms;
  readonly upgrade: {
    readonly rollup: Address;
    readonly previous: Address;
    readonly followers: number;
    readonly days: number;
  };
  readonly steps: readonly RehearsalStep[];
  readonly lateSlots: readonly LateSlotReport[];
  readonly conservation: readonly ConservationReport[];
  readonly claims: readonly ClaimReport[];
  readonly codeSizes: readonly CodeSizeReport[];
  /** Gas of `propose` by receipt. */
  readonly gas: {
    readonly onTimeUpstream: number;
    readonly onTime: number;
    readonly late: number;
    /** `late / onTime`. */
    readonly lateRatio: number;
  };
}
