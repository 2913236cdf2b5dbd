import type { RandomStream } from "./random.ts";

/** What everybody else wants of one L1 block. */
export interface BlockDemand {
  /** Gas that others use. */
  readonly gasUsed: number;
  readonly blobsUsed: number;
  /** Wei per gas above the base fee that has to be outbid where the block is full. */
  readonly marginalTip: number;
  /** Wei, where they are given and not computed: from a trace. */
  readonly baseFee?: number | undefined;
  readonly blobBaseFee?: number | undefined;
}

/** Demand, block by block. */
export type DemandSource = (height: number) => BlockDemand;

/** What a generator draws from; it is written into the evidence. */
export interface DemandParameters {
  /** Gas limit of a block. */
  readonly gasLimit: number;
  /** Part of the gas limit that others use on average: 0 to 1. At one half the base fee stands still. */
  readonly fill: number;
  /** Half the width of what the fill is drawn from. */
  readonly spread: number;
  readonly blobsUsed: number;
  /** Blocks, by height, during which everything is full and the marginal tip is that of the spike. */
  readonly spikes: readonly { readonly from: number; readonly to: number; readonly marginalTip: number }[];
}

/** Half-full blocks, nobody in a hurry. */
export const QUIET_DEMAND: Omit<DemandParameters, "gasLimit"> = { fill: 0.5, spread: 0, blobsUsed: 6, spikes: [] };

/** Demand from a generator. */
export function generateDemand(parameters: DemandParameters, random: RandomStream): DemandSource {
  const { gasLimit, fill, spread, blobsUsed, spikes } = parameters;
  return (height) => {
    const spike = spikes.find(({ from, to }) => from <= height && height < to);
    // Drawn in every block, so that a spike changes its own blocks only.
    const drawn = Math.min(Math.max(fill + spread * (2 * random.next() - 1), 0), 1);
    if (spike !== undefined)
      return { gasUsed: gasLimit, blobsUsed: Number.MAX_SAFE_INTEGER, marginalTip: spike.marginalTip };
    return { gasUsed: Math.floor(gasLimit * drawn), blobsUsed, marginalTip: 0 };
  };
}
