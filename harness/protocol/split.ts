import { BuildAheadError } from "../errors.ts";
import { WHOLE_BPS, type Bps, type Seconds } from "./units.ts";

/** The two parts that a late submission takes from the coinbase. */
export interface SplitBps {
  /** What the submitter gets: 0 to 10,000. */
  readonly submitterBps: Bps;
  /** What is forfeited: 0 to 10,000; both together at most 10,000. */
  readonly burnBps: Bps;
}

/** A late checkpoint's share in three parts, in fee token units (1e18). */
export interface LateSplit {
  readonly submitterCut: bigint;
  /** What nobody gets. */
  readonly forfeited: bigint;
  /** What the coinbase keeps, rounding dust included. */
  readonly kept: bigint;
}

/** A split whose cut rises with the delay from `firstBps` to `submitterBps`; `burnBps` is forfeited once it has risen. Equal is flat. */
export interface RisingSplit extends SplitBps {
  /** The submitter's part at the window's first second: 0 to `submitterBps`. */
  readonly firstBps: Bps;
  /** Length of the window in seconds, at least one. */
  readonly windowSeconds: number;
}

/** Thrown for a delay at which no window is open. */
export class DelayOutsideWindowError extends BuildAheadError {}

/**
 * Splits the share of a late checkpoint's coinbase. Both cuts round down.
 *
 * Source: section 3.5 of the specification; `LateSplitLib.splitDown`.
 * @param share What upstream credits to the coinbase, in fee token units (1e18)
 * @param isCredited Whether there is a submitter to credit; otherwise its cut is forfeited too
 */
export function splitShare(share: bigint, { submitterBps, burnBps }: SplitBps, isCredited: boolean): LateSplit {
  const cut = takeDown(share, submitterBps);
  const burned = takeDown(share, burnBps);
  const submitterCut = isCredited ? cut : 0n;
  const forfeited = isCredited ? burned : burned + cut;
  return { submitterCut, forfeited, kept: share - submitterCut - forfeited };
}

/**
 * The split under which a late submission is accepted after a delay: what the proposer loses is constant, what the submitter
 * gets of it rises with the delay, rounded down, and the rest is forfeited.
 *
 * Source: section 3.5 of the specification, `cut(d) = firstBps + (submitterBps - firstBps) * d / windowSeconds`.
 * @param delay Seconds since the submission slot began: 0 to `windowSeconds - 1`
 * @throws DelayOutsideWindowError
 */
export function splitAfter(terms: RisingSplit, delay: Seconds): SplitBps {
  const { firstBps, submitterBps, burnBps, windowSeconds } = terms;
  if (delay < 0n || delay >= BigInt(windowSeconds)) {
    throw new DelayOutsideWindowError("No late submission is accepted then", { fields: { delay, windowSeconds } });
  }
  const cut = firstBps + Number((BigInt(submitterBps - firstBps) * delay) / BigInt(windowSeconds));
  return { submitterBps: cut, burnBps: burnBps + submitterBps - cut };
}

function takeDown(share: bigint, bps: Bps): bigint {
  return (share * BigInt(bps)) / BigInt(WHOLE_BPS);
}
