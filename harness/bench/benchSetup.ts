import { mainnetLikeConfig, type NetworkConfig } from "../network/networkConfig.ts";
import { logRingSize } from "../protocol/rings.ts";

/** What every measured network has in common. */
export interface BenchSetup {
  readonly validators: number;
  /** Slots. */
  readonly epochSlots: number;
  /** Checkpoint logs that the rollup keeps. */
  readonly logRing: number;
  /** Checkpoints between a message and the checkpoint that consumes it. */
  readonly inboxLag: number;
}

/** Validators of each measured network. */
export const VALIDATOR_COUNT = 64;

/** Mainnet's shape with another committee; the inbox lag of a build-ahead deployment on both sides, so that nothing differs but code. */
export function benchConfig(committee: number): NetworkConfig {
  const config = mainnetLikeConfig();
  return { ...config, rollup: { ...config.rollup, targetCommitteeSize: BigInt(committee), inboxLag: 2n } };
}

export function describeSetup(): BenchSetup {
  const { aztecEpochDuration: epochSlots, aztecProofSubmissionEpochs, inboxLag } = benchConfig(0).rollup;
  return {
    validators: VALIDATOR_COUNT,
    epochSlots: Number(epochSlots),
    logRing: Number(logRingSize({ epochSlots, proofSubmissionEpochs: aztecProofSubmissionEpochs })),
    inboxLag: Number(inboxLag),
  };
}
