import type { Branch, InstrumentedSource } from "./branches.ts";
import type { LineHits } from "./lcov.ts";

/** A branch that never went one of its ways. */
export interface MissedBranch extends Branch {
  readonly file: string;
  readonly never: boolean;
}

export interface FileCoverage {
  readonly file: string;
  readonly lines: number;
  readonly missedLines: readonly number[];
  /** Outcomes: two for each condition. */
  readonly outcomes: number;
  readonly missed: readonly MissedBranch[];
}

/** What `evidence/coverage.json` holds. */
export interface CoverageReport {
  /** The last commit that changed the contracts when the run began. */
  readonly commit: string;
  readonly tests: readonly string[];
  readonly files: readonly FileCoverage[];
}

/** Sorts the lines of an instrumented file into those of the source and those that stand for a branch's outcome. */
export function fileCoverage(file: string, { lastLine, branches }: InstrumentedSource, hits: LineHits): FileCoverage {
  const lines = hits.get(file) ?? new Map<number, boolean>();
  const own = [...lines].filter(([line]) => line <= lastLine);
  return {
    file,
    lines: own.length,
    missedLines: own
      .filter(([, isHit]) => !isHit)
      .map(([line]) => line)
      .sort((a, b) => a - b),
    outcomes: 2 * branches.length,
    missed: branches.flatMap(({ lineIfTrue, lineIfFalse, ...branch }) => {
      const missed = [
        ...(lines.get(lineIfTrue) === true ? [] : [true]),
        ...(lines.get(lineIfFalse) === true ? [] : [false]),
      ];
      return missed.map((never) => ({ file, ...branch, never }));
    }),
  };
}

/** Names a miss in the file of reasons, whatever line it stands on. */
export const missId = ({ file, scope, source, never }: MissedBranch): string =>
  `${file} ${scope}: ${source.replace(/\s+/g, " ")} is never ${never}`;
