export interface SplitRewardParameters {
  /** What upstream credited to the coinbase, in the fee asset's smallest unit. */
  share: bigint;
  /** The submitter's share in basis points. */
  submitterBps: bigint;
  /** The forfeited share in basis points. */
  burnBps: bigint;
  /** Whether there is a submitter to credit. */
  isCredited: boolean;
}

/** The split of section 3.5 of the specification: both cuts round down, the cut of nobody is forfeited. */
export function splitReward(parameters: SplitRewardParameters): { cut: bigint; forfeit: bigint } {
  const { share, submitterBps, burnBps, isCredited } = parameters;
  const cut = (share * submitterBps) / 10_000n;
  const forfeit = (share * burnBps) / 10_000n;
  if (!isCredited) return { cut: 0n, forfeit: forfeit + cut };
  return { cut, forfeit };
}
