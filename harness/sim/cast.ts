import { BuildAheadError } from "../errors.ts";
import type { ValidatorId } from "./ledger.ts";

/** Who proposes in the first slots of a run, as a pattern; see `LedgerSetup.cast`. */
export interface Cast {
  /** One for each slot from slot 1 on. */
  readonly letters: readonly string[];
  /** Places in `letters` before which an epoch begins. There is no other boundary between them. */
  readonly boundaries: ReadonlySet<number>;
}

/** Thrown for a pattern that says nothing, or more than an epoch can hold. */
export class InvalidCastError extends BuildAheadError {}

/** Thrown when no place with that pattern was found. */
export class CastNotFoundError extends BuildAheadError {
  constructor(cast: string, slotsSearched: number) {
    super("Nowhere do the proposers follow each other like that", { fields: { cast, slotsSearched } });
  }
}

/** Stands for anybody. */
const ANYBODY = ".";

/** @throws InvalidCastError */
export function parseCast(cast: string): Cast {
  if (!/^[A-Z.]+(\|[A-Z.]+)*$/.test(cast)) {
    throw new InvalidCastError("A cast is letters, dots for anybody, and bars between epochs", { fields: { cast } });
  }
  const letters: string[] = [];
  const boundaries = new Set<number>();
  for (const character of cast) {
    if (character === "|") boundaries.add(letters.length);
    else letters.push(character);
  }
  return { letters, boundaries };
}

/** Who stands behind each letter if the cast begins at a slot; undefined when it does not fit there. */
export function matchCast(
  { letters, boundaries }: Cast,
  proposerOf: (place: number) => ValidatorId | undefined,
  isFirstOfEpoch: (place: number) => boolean,
): ReadonlyMap<string, ValidatorId> | undefined {
  const people = new Map<string, ValidatorId>();
  for (const [place, letter] of letters.entries()) {
    const proposer = proposerOf(place);
    if (proposer === undefined) return undefined;
    if (place > 0 && isFirstOfEpoch(place) !== boundaries.has(place)) return undefined;
    if (letter === ANYBODY) continue;
    const known = people.get(letter);
    if (known === undefined && ![...people.values()].includes(proposer)) people.set(letter, proposer);
    else if (known !== proposer) return undefined;
  }
  return people;
}
