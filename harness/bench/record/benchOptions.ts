import { PREVIEW_HARDFORKS, SUPPORTED_HARDFORKS } from "../../l1/embeddedChain.ts";
import { BenchInputError } from "./benchErrors.ts";
import { VALIDATOR_COUNT } from "../benchSetup.ts";
import { CASE_NAMES, type CaseName } from "./caseNames.ts";

/** As the command line has them: empty for "not given". */
export interface RawBenchOptions {
  readonly filter: string;
  readonly runs: number;
  readonly committee: string;
  readonly hardfork: string;
}

export interface BenchOptions {
  /** The cases to measure. */
  readonly cases: readonly CaseName[];
  /** How often; every run has to give the same figures. */
  readonly runs: number;
  /** Sizes. */
  readonly committees: readonly number[];
  readonly hardforks: readonly string[];
  /** Whether all of the evidence is asked for, so that it may be written. */
  readonly isComplete: boolean;
}

/** Sizes that the evidence holds; 0 lets anyone propose. */
export const DEFAULT_COMMITTEES: readonly number[] = [0, 24, 48];
/** Every hard fork from Prague on that the local EVM knows, finished or not. */
export const HARDFORKS: readonly string[] = [...SUPPORTED_HARDFORKS, ...PREVIEW_HARDFORKS];

const list = (text: string): readonly string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** @throws BenchInputError on a filter without a case, a committee above the validator set, an unknown hard fork, or no run. */
export function parseBenchOptions(raw: RawBenchOptions): BenchOptions {
  const filters = list(raw.filter);
  const unknown = filters.find((filter) => !CASE_NAMES.some((name) => name.includes(filter)));
  if (unknown !== undefined) {
    throw new BenchInputError("No case matches the filter", {
      fields: { filter: unknown, cases: CASE_NAMES.join(" | ") },
    });
  }
  const committees = list(raw.committee).map((text) => parseCommittee(text));
  const hardforks = list(raw.hardfork);
  const strange = hardforks.find((name) => !HARDFORKS.includes(name));
  if (strange !== undefined) {
    throw new BenchInputError("The local EVM does not know this hard fork, or the contracts do not run on it", {
      fields: { hardfork: strange, supported: HARDFORKS.join(" | ") },
    });
  }
  if (!Number.isSafeInteger(raw.runs) || raw.runs < 1) {
    throw new BenchInputError("There must be at least one run", { fields: { runs: raw.runs } });
  }
  return {
    cases: CASE_NAMES.filter((name) => filters.length === 0 || filters.some((filter) => name.includes(filter))),
    runs: raw.runs,
    committees: committees.length === 0 ? DEFAULT_COMMITTEES : committees,
    hardforks: hardforks.length === 0 ? HARDFORKS : hardforks,
    isComplete: filters.length === 0 && committees.length === 0 && hardforks.length === 0,
  };
}

function parseCommittee(text: string): number {
  const size = Number(text);
  if (!/^\d+$/.test(text) || size > VALIDATOR_COUNT) {
    throw new BenchInputError("A committee must be a number of validators that there are", {
      fields: { committee: text, validators: VALIDATOR_COUNT },
    });
  }
  return size;
}
