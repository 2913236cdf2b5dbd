import { computeQuorum } from "../protocol/quorum.ts";
import { CastNotFoundError, matchCast, parseCast } from "../sim/cast.ts";
import type { EpochCommittee, LedgerSetup, ValidatorId } from "../sim/ledger.ts";
import { RandomSource } from "../sim/random.ts";

/** What decides who is drawn. */
type Drawn = Pick<LedgerSetup, "seed" | "epochSlots" | "committeeSize" | "validators">;

/** Where a run begins, in epochs and slots of the draw. */
export interface Start {
  /** The epoch that the run calls 0. */
  readonly epoch: number;
  /** Slots of that epoch before the run's slot 0. */
  readonly slotsBefore: number;
}

/** Epochs that are searched for a cast. */
const MAX_SEARCHED_EPOCHS = 64;

/** Draws a committee without replacement and a proposer for each slot. An epoch is drawn alike whenever it is asked for. */
export function drawCommittee(
  { seed, epochSlots, committeeSize, validators }: Drawn,
  epoch: number,
): Omit<EpochCommittee, "epoch"> {
  const random = new RandomSource(seed).stream(`committee of epoch ${epoch}`);
  const left = Array.from({ length: validators }, (_, id): ValidatorId => id);
  const members: ValidatorId[] = [];
  for (let place = 0; place < committeeSize; place++) {
    // What is drawn changes places with the first that is left.
    const drawn = place + random.below(validators - place);
    members.push(left[drawn] as ValidatorId);
    left[drawn] = left[place] as ValidatorId;
  }
  const proposers = Array.from({ length: epochSlots }, () => random.pick(members));
  return { members, proposers, quorum: computeQuorum(committeeSize) };
}

/**
 * Finds where the proposers follow each other as the cast wants it.
 * @throws InvalidCastError, CastNotFoundError
 */
export function findStart(setup: Drawn & Pick<LedgerSetup, "cast">): Start {
  const { epochSlots } = setup;
  const cast = parseCast(setup.cast);
  const drawn = new Map<number, readonly ValidatorId[]>();
  const proposersOf = (epoch: number) => {
    const proposers = drawn.get(epoch) ?? drawCommittee(setup, epoch).proposers;
    drawn.set(epoch, proposers);
    return proposers;
  };
  // Slot 1 is where the cast begins; slot 0 is before it in the same epoch.
  for (let slot = 1; slot < MAX_SEARCHED_EPOCHS * epochSlots; slot++) {
    if (slot % epochSlots === 0) continue;
    const people = matchCast(
      cast,
      (place) => proposersOf(Math.floor((slot + place) / epochSlots))[(slot + place) % epochSlots],
      (place) => (slot + place) % epochSlots === 0,
    );
    if (people !== undefined) return { epoch: Math.floor(slot / epochSlots), slotsBefore: (slot - 1) % epochSlots };
  }
  throw new CastNotFoundError(setup.cast, MAX_SEARCHED_EPOCHS * epochSlots);
}
