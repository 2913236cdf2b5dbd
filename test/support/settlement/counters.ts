/** How often a run did what it is there for; a sequence that never does it proves nothing. */
export const COUNTERS = [
  "onTime",
  "late",
  "refusedLate",
  "unattested",
  "invalidated",
  "invalidatedBelowLate",
  "resubmitted",
  "duplicates",
  "pruned",
  "prunedLate",
  "proofs",
  "proofsThatGrow",
  "shorterProofs",
  "refusedProofs",
  "settled",
  "settledForNobody",
  "settledSelf",
  "settledForProposer",
  "settledForContract",
  "withCongestion",
  "withoutRewards",
  "shortOfRewards",
  "nonCanonical",
  "termsChangedBetween",
  "claims",
  "proverClaims",
  "overwrittenRecords",
  "transactionsDisabled",
] as const;
export type Counter = (typeof COUNTERS)[number];

/** Counts what happened. */
export class Tally {
  readonly #times = new Map<Counter, number>();

  count(counter: Counter, times = 1): void {
    this.#times.set(counter, this.of(counter) + times);
  }

  of(counter: Counter): number {
    return this.#times.get(counter) ?? 0;
  }

  add(other: Tally): void {
    for (const counter of COUNTERS) this.count(counter, other.of(counter));
  }

  /** Those of the list that never happened. */
  missing(counters: readonly Counter[]): readonly Counter[] {
    return counters.filter((counter) => this.of(counter) === 0);
  }

  toString(): string {
    return COUNTERS.map((counter) => `${counter} ${this.of(counter)}`).join(", ");
  }
}
