import type { Mutant } from "./findMutants.ts";
import type { Verdict } from "./lane.ts";

/** A mutant, what became of it and how long that took. */
export type MutantResult = Mutant & Verdict & { readonly seconds: number };

/** What exists of a file's mutants; results count only for this very source. */
export interface MutatedFile {
  readonly file: string;
  readonly sha256: string;
  readonly mutants: number;
}

/** What `evidence/mutation.json` holds. */
export interface MutationReport {
  readonly seed: string;
  /** The last commit that changed the contracts when the run began. */
  readonly commit: string;
  readonly files: readonly MutatedFile[];
  readonly results: readonly MutantResult[];
}
