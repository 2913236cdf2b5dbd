import { L1_BLOCK_SECONDS } from "../l1/blockProducer.ts";

/** Seconds that the clock may be ahead of L1's newest block: L1 misses a block now and then, seldom so many in a row. */
const MAX_LEAD = 5n * L1_BLOCK_SECONDS;

/** What time it is, as far as L1 can confirm it. Unix seconds. */
export interface AgreedTime {
  readonly now: bigint;
  /** Seconds that the clock is ahead of what L1 allows, or behind it; 0 when they agree. */
  readonly disagreement: bigint;
}

/**
 * A clock that is wrong by more than L1 can explain is not believed: the newest block is.
 * Both in Unix seconds.
 */
export function agreeOnTime(clock: bigint, newestBlock: bigint): AgreedTime {
  if (clock < newestBlock) return { now: newestBlock, disagreement: clock - newestBlock };
  const latest = newestBlock + MAX_LEAD;
  return clock > latest ? { now: newestBlock, disagreement: clock - latest } : { now: clock, disagreement: 0n };
}
