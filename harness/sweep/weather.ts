import type { BlockDemand } from "../sim/demand.ts";
import type { L1Weather } from "../sim/l1.ts";
import { RandomSource } from "../sim/random.ts";
import type { StageChanges } from "../stage/stageSetup.ts";

/** What L1 is like for as long as a run takes. */
interface SweepWeather {
  /** In words, for the report. */
  readonly title: string;
  readonly changes: (seed: string, l1Blocks: number) => StageChanges;
}

const GWEI = 1_000_000_000;
/** Of mainnet's L1 blocks so many are missed. Source: section 11 of the specification. */
const MISSED = 0.007;
/** Others' part of a block's gas and blobs when nobody is in a hurry. */
const QUIET: BlockDemand = { gasUsed: 30_000_000, blobsUsed: 6, marginalTip: 0, baseFee: GWEI };
/** Probability, in each L1 block, that a rush begins; blocks that it lasts; what has to be outbid; how far the base fee rises. */
const RUSH = { chance: 1 / 50, mostBlocks: 5, mostTip: 6 * GWEI, mostFeeFactor: 3 } as const;

const slowly = (meanMs: number): Partial<L1Weather> => ({ propagation: { kind: "tail", fromMs: 200, meanMs } });

/** The L1 weathers of the sweep, by name. They differ in why a transaction is late: the way, the block, the price, or all of it. */
export const SWEEP_WEATHERS: Readonly<Record<string, SweepWeather>> = {
  calm: {
    title: "every transaction is with a builder within a second; of L1's blocks 0.7 % are missed, as on mainnet",
    changes: () => ({ l1: { missed: MISSED } }),
  },
  slow: {
    title: "as calm, but the way to a builder takes 0.2 s and an exponential tail of mean 4 s",
    changes: () => ({ l1: { missed: MISSED, ...slowly(4_000) } }),
  },
  missed: {
    title: "as calm, but of L1's blocks 5 % are missed",
    changes: () => ({ l1: { missed: 0.05 } }),
  },
  congested: {
    title:
      "as calm, but in every L1 block a rush begins with probability 2 %: for one to five blocks everything is full, up to 6 gwei of tip have to be outbid (nodes pay 1 gwei, 2 on a second try), and the base fee is up to three times the usual one (nodes pay up to twice)",
    changes: (seed, blocks) => ({ l1: { missed: MISSED }, demand: drawRushes(seed, blocks) }),
  },
  rough: {
    title: "all at once: a tail of mean 3 s, 2 % of blocks missed, and the rushes",
    changes: (seed, blocks) => ({ l1: { missed: 0.02, ...slowly(3_000) }, demand: drawRushes(seed, blocks) }),
  },
};

/** One entry for each L1 block of a run. */
function drawRushes(seed: string, blocks: number): readonly BlockDemand[] {
  const random = new RandomSource(seed).stream("rushes");
  const demand: BlockDemand[] = [];
  while (demand.length < blocks) {
    if (!random.chance(RUSH.chance)) {
      demand.push(QUIET);
      continue;
    }
    const rush: BlockDemand = {
      gasUsed: 60_000_000,
      blobsUsed: Number.MAX_SAFE_INTEGER,
      marginalTip: random.below(RUSH.mostTip),
      baseFee: GWEI + random.below((RUSH.mostFeeFactor - 1) * GWEI),
    };
    for (let left = 1 + random.below(RUSH.mostBlocks); left > 0; left--) demand.push(rush);
  }
  return demand;
}
