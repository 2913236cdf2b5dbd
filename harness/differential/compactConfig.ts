import { mainnetLikeConfig, type NetworkConfig, type RollupConfig } from "../network/networkConfig.ts";

/**
 * A network in which much happens in little time: committees of 4, epochs of 4 slots, slots of three L1 blocks, one epoch to
 * prove another. Prunes, epoch boundaries and rounds come often.
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
      ...rollup,
    },
    governanceProposer: { quorum: 3n, roundSize: 5n },
  };
}
