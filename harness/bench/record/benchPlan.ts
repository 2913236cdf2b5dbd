import { PREVIEW_HARDFORKS } from "../../l1/embeddedChain.ts";
import { DEFAULT_COMMITTEES, type BenchOptions } from "./benchOptions.ts";
import type { CaseName } from "./caseNames.ts";

/**
 * How far to go. The first epoch alone holds every case once, with the ring of checkpoint logs still unwritten; that is what a check
 * can afford. The whole walk adds a second epoch, a third on a ring that has been written before (from the 66th checkpoint on),
 * and the long settlement and proof.
 */
export type WalkLength = "first epoch" | "whole";

/** One walk over a network of its own. */
export interface BenchLeg {
  readonly hardfork: string;
  readonly committee: number;
  readonly length: WalkLength;
  readonly cases: readonly CaseName[];
}

/** The fork of which the evidence holds whole walks; of all others it holds the first epoch. */
export const MAIN_HARDFORK = "osaka";
/** Of which the report speaks when it names no other: mainnet's. */
export const MAIN = { hardfork: MAIN_HARDFORK, committee: Math.max(...DEFAULT_COMMITTEES) } as const;

/** Cases that a check measures for committees other than the largest, to stay within a CI's patience. */
const QUICK_CASES: readonly CaseName[] = ["propose", "duplicate in the same block", "duplicate one block later"];

/** What is measured under a fork that is not final: what a landing and a duplicate cost. Deploying there is another matter. */
const PREVIEW_CASES: readonly CaseName[] = [
  "propose",
  "on-time bundle",
  "epoch proof",
  "late",
  "late duplicate",
  "duplicate in the same block",
  "duplicate one block later",
];

/** All legs of the evidence that the options ask for; under forks that are not final, the largest committee alone. */
export function planEvidence({ hardforks, committees, cases }: BenchOptions): readonly BenchLeg[] {
  const largest = Math.max(...committees);
  return hardforks.flatMap((hardfork) => {
    const isPreview = (PREVIEW_HARDFORKS as readonly string[]).includes(hardfork);
    return committees
      .filter((committee) => !isPreview || committee === largest)
      .map((committee) => ({
        hardfork,
        committee,
        length: hardfork === MAIN_HARDFORK ? ("whole" as const) : ("first epoch" as const),
        cases: isPreview ? cases.filter((name) => PREVIEW_CASES.includes(name)) : cases,
      }));
  });
}

/**
 * A part of the evidence that takes about a minute: the first epoch on the main fork, every case for the largest committee,
 * on-time proposals and duplicates for the others. Explicit options ask for more, or less.
 */
export function planCheck(options: BenchOptions): readonly BenchLeg[] {
  const { hardforks, committees, cases, isComplete } = options;
  const largest = Math.max(...committees);
  return (isComplete ? [MAIN_HARDFORK] : hardforks).flatMap((hardfork) =>
    committees.map((committee) => ({
      hardfork,
      committee,
      length: "first epoch" as const,
      cases: isComplete && committee !== largest ? QUICK_CASES : cases,
    })),
  );
}
