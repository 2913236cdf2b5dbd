import { toHex, type Hex } from "viem";

import { BuildAheadError } from "../errors.ts";

// Source: `TallySlashingProposer.vote`. A vote says of each member of each epoch judged how many units it is to lose, in two
// bits, four members a byte, the first of them in the lowest bits.

const VOTES_PER_BYTE = 4;
const BITS_PER_VOTE = 2;
const MAX_UNITS = 3;

/** What the length of a vote depends on. */
export interface SlashRound {
  /** Members of a committee. */
  readonly committeeSize: number | bigint;
  /** Slots of a slashing round. */
  readonly roundSlots: bigint;
  /** Slots of an epoch; divides the round's. */
  readonly epochSlots: bigint;
}

/** Thrown for units that two bits cannot hold, and for more votes than the round has members to judge. */
export class InvalidSlashVoteError extends BuildAheadError {}

/** Bytes of a vote in a slashing round. */
export function slashVoteBytes({ committeeSize, roundSlots, epochSlots }: SlashRound): number {
  return Number((BigInt(committeeSize) * (roundSlots / epochSlots)) / BigInt(VOTES_PER_BYTE));
}

/**
 * Encodes a vote.
 * @param units What each member is to lose, 0 to 3, in the order of the committees, epoch by epoch; who is left out loses nothing.
 * @throws InvalidSlashVoteError
 */
export function encodeSlashVotes(round: SlashRound, units: readonly number[] = []): Hex {
  const bytes = new Uint8Array(slashVoteBytes(round));
  for (const [index, of] of units.entries()) {
    const place = Math.floor(index / VOTES_PER_BYTE);
    const before = bytes[place];
    if (before === undefined || !Number.isInteger(of) || of < 0 || of > MAX_UNITS) {
      throw new InvalidSlashVoteError("Not a vote of this round", {
        fields: { index, units: of, bytes: bytes.length },
      });
    }
    bytes[place] = before | (of << (BITS_PER_VOTE * (index % VOTES_PER_BYTE)));
  }
  return toHex(bytes);
}
