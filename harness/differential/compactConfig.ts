import { mainnetLikeConfig, type NetworkConfig } from "../network/networkConfig.ts";
import type { RollupConfig } from "../upstream/rollupConfig.ts";

/**
 * A network in which much happens in little time: committees of 4, epochs of 4 slots, slots of three L1 blocks, one epoch to
 * prove another. Prunes, epoch boundaries, rounds and exits come often.
 */
export function compactConfig(rollup: Partial<RollupConfig> = {}): NetworkConfig {
  const config = mainnetLikeConfig();
  return {
    ...config,
    rollup: {
      ...config.rollup,
      aztecSlotDuration: 36n,
      aztecEpochDuration: 4n,
      targetCommitteeSize: 4n,
      lagInEpochsForValidatorSet: 2n,
      lagInEpochsForRandao: 1n,
      aztecProofSubmissionEpochs: 1n,
      slashingRoundSize: 8n,
      slashingQuorum: 5n,
      exitDelaySeconds: 1_200n,
      ...rollup,
    },
    // One signal wins a round, and a withdrawal is free after 1,332 seconds: a little later than the rollup's exit.
    governanceProposer: { quorum: 1n, roundSize: 1n },
    governance: { ...config.governance, votingDelay: 60n, votingDuration: 1_200n, executionDelay: 120n },
  };
}
