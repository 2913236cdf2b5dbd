import { BuildAheadError } from "../errors.ts";

/**
 * How proposers share a slot.
 *
 * - `current`: upstream's v4. The next proposer begins when the predecessor's checkpoint is published.
 * - `build-ahead`: it begins as soon as the predecessor's checkpoint proposal has arrived and is checked.
 * - `staggered`: everything is built in the slot before and published in its own (AZIP-6).
 */
export type TimetableMode = "current" | "build-ahead" | "staggered";

/** What the steps of a slot take, in seconds. They are agreed off chain and may be fractions, hence numbers. */
export interface SlotDurations {
  readonly slot: number;
  /** Building one block; checking the last one again takes its receivers as long. */
  readonly block: number;
  /** From the moment a proposer may begin to its first block: sync, and whether it is the proposer. */
  readonly initialise: number;
  /** From the last block to the checkpoint proposal. */
  readonly assemble: number;
  /** Gossip in one direction. */
  readonly p2p: number;
  /** From a quorum of attestations to a mined transaction: one L1 slot. */
  readonly publish: number;
}

/** Mainnet's slot with blocks of 6 seconds. Source of the budgets: `stdlib/timetable` of v4.1.2. */
export const MAINNET_DURATIONS: SlotDurations = { slot: 72, block: 6, initialise: 1, assemble: 1, p2p: 2, publish: 12 };

/** The course of a full slot. Moments are seconds from the start of the header slot, negative before it. */
export interface Timetable {
  readonly mode: TimetableMode;
  /** The first block begins. */
  readonly firstBlockFrom: number;
  /** The last block must be built. */
  readonly lastBlockUntil: number;
  /** Validators have the checkpoint proposal and have executed its last block. */
  readonly proposalUntil: number;
  /** The proposer has a quorum and sends. */
  readonly attestedUntil: number;
  /** The transaction is mined. */
  readonly publishedUntil: number;
  /** Whole blocks, at least one. */
  readonly blocks: number;
  /** Seconds of every slot in which nobody can build. */
  readonly deadZone: number;
}

/** Thrown for a duration that is not a number of seconds, or a block that takes none. */
export class InvalidDurationError extends BuildAheadError {}

/** Thrown when a slot leaves no room for a block beside what it has to reserve. */
export class SlotTooShortError extends BuildAheadError {}

/**
 * The moments of a slot, and what fits between them.
 *
 * Source: section 4.1 of the specification. `current` loses *initialise + block + assemble + 2 p2p + publish*, the reserve of
 * upstream's `calculateMaxBlocksPerSlot`; `build-ahead` no longer waits for the way back and for L1; `staggered` only
 * initialises and assembles. `blocks = floor((slot - deadZone) / block)`.
 * @throws InvalidDurationError, SlotTooShortError
 */
export function computeTimetable(mode: TimetableMode, durations: SlotDurations = MAINNET_DURATIONS): Timetable {
  checkDurations(durations);
  const { slot, block, initialise, assemble, p2p, publish } = durations;
  // A staggered checkpoint is assembled by the start of its slot; any other is published when the next early build begins.
  const afterAssembly = p2p + block;
  const proposalUntil = mode === "staggered" ? afterAssembly : slot - 2 * publish - p2p;
  const attestedUntil = proposalUntil + p2p;
  const lastBlockUntil = proposalUntil - afterAssembly - assemble;
  const firstBlockFrom = initialise + beginsAt(mode, durations, proposalUntil);

  const secondsForBlocks = lastBlockUntil - firstBlockFrom;
  const deadZone = slot - secondsForBlocks;
  const blocks = Math.floor(secondsForBlocks / block);
  if (blocks < 1) {
    throw new SlotTooShortError("The slot has no room for a block", { fields: { mode, slot, deadZone, block } });
  }
  return {
    mode,
    firstBlockFrom,
    lastBlockUntil,
    proposalUntil,
    attestedUntil,
    publishedUntil: attestedUntil + publish,
    blocks,
    deadZone,
  };
}

/** When a proposer may begin, in seconds from the start of its slot. */
function beginsAt(mode: TimetableMode, { slot, publish }: SlotDurations, predecessorsProposal: number): number {
  switch (mode) {
    case "current":
      return -publish;
    case "build-ahead":
      return predecessorsProposal - slot;
    case "staggered":
      return -slot;
  }
}

function checkDurations(durations: SlotDurations): void {
  for (const [name, seconds] of Object.entries(durations) as [string, number][]) {
    const isLongEnough = name === "slot" || name === "block" ? seconds > 0 : seconds >= 0;
    if (isLongEnough && Number.isFinite(seconds)) continue;
    throw new InvalidDurationError("A duration is a number of seconds", { fields: { name, seconds } });
  }
}
