import { keccak256, toHex, zeroAddress, type Hex } from "viem";

import { BuildAheadError } from "../errors.ts";
import { GENESIS_ARCHIVE_ROOT } from "../upstream/constants.ts";
import { upstreamDefault } from "../upstream/defaults.ts";
import {
  SlasherFlavor,
  type GenesisState,
  type GovernanceConfig,
  type RollupConfig,
} from "../upstream/rollupConfig.ts";

/** A configuration that upstream's contracts would refuse, or under which nothing could be proposed. */
export class InvalidNetworkConfigError extends BuildAheadError {}

export interface NetworkConfig {
  readonly rollup: RollupConfig;
  readonly genesis: GenesisState;
  readonly governance: GovernanceConfig;
  /** Slots. `quorum` of `roundSize` slots must signal the same payload. */
  readonly governanceProposer: { readonly quorum: bigint; readonly roundSize: bigint };
  /** Staking token units (1e18). */
  readonly gse: { readonly activationThreshold: bigint; readonly ejectionThreshold: bigint };
  /** Share of supply per year, scaled by 1e18. */
  readonly coinIssuerRate: bigint;
  /** Unix seconds. */
  readonly coinIssuerGatedUntil: bigint;
  /** Fee token units (1e18), minted to the deployer so that CoinIssuer has a supply to be a share of. */
  readonly initialFeeAssetSupply: bigint;
  /** Fee token units (1e18). */
  readonly rewardDistributorFunding: bigint;
  /** Fee token units (1e18), from which the rollup pays out fees collected on L2. */
  readonly feeJuicePortalFunding: bigint;
  /** Whether rewards can be claimed from the start; upstream leaves that to a later call of the owner. */
  readonly rewardsClaimable: boolean;
}

const DAY = 86_400n;
const TOKEN = 10n ** 18n;

/** A constant below the BN254 field's modulus: the top byte is cleared. Synthetic circuits have no verification keys. */
const fieldOf = (words: string): Hex => `0x00${keccak256(toHex(words)).slice(4)}`;

/**
 * Mainnet's shape: 72 s slots, 32-slot epochs, committees of 48, tally slashing.
 *
 * Sources, all in the pinned package: `generated/default.json` through {@link upstreamDefault}, and the constants of
 * `script/deploy/RollupConfiguration.sol` and `script/deploy/DeploymentConfiguration.sol` where a comment says so.
 * One thing is scaled down for a network of some dozen validators, because stakes are 100 tokens here and 200,000 on
 * mainnet: the amounts in governance's configuration are those of upstream's local networks.
 */
export function mainnetLikeConfig(): NetworkConfig {
  const epochSlots = upstreamDefault("AZTEC_EPOCH_DURATION");
  const slashingRoundSize = upstreamDefault("AZTEC_SLASHING_ROUND_SIZE_IN_EPOCHS") * epochSlots;
  const signallingRound = upstreamDefault("AZTEC_GOVERNANCE_PROPOSER_ROUND_SIZE");
  const checkpointReward = 500n * TOKEN; // RollupConfiguration.sol
  return {
    rollup: {
      aztecSlotDuration: upstreamDefault("AZTEC_SLOT_DURATION"),
      aztecEpochDuration: epochSlots,
      targetCommitteeSize: upstreamDefault("AZTEC_TARGET_COMMITTEE_SIZE"),
      lagInEpochsForValidatorSet: upstreamDefault("AZTEC_LAG_IN_EPOCHS_FOR_VALIDATOR_SET"),
      lagInEpochsForRandao: upstreamDefault("AZTEC_LAG_IN_EPOCHS_FOR_RANDAO"),
      aztecProofSubmissionEpochs: upstreamDefault("AZTEC_PROOF_SUBMISSION_EPOCHS"),
      slashingQuorum: slashingRoundSize / 2n + 1n, // RollupConfiguration.sol
      slashingRoundSize,
      slashingLifetimeInRounds: upstreamDefault("AZTEC_SLASHING_LIFETIME_IN_ROUNDS"),
      slashingExecutionDelayInRounds: upstreamDefault("AZTEC_SLASHING_EXECUTION_DELAY_IN_ROUNDS"),
      slashAmounts: [
        upstreamDefault("AZTEC_SLASH_AMOUNT_SMALL"),
        upstreamDefault("AZTEC_SLASH_AMOUNT_MEDIUM"),
        upstreamDefault("AZTEC_SLASH_AMOUNT_LARGE"),
      ],
      slashingOffsetInRounds: upstreamDefault("AZTEC_SLASHING_OFFSET_IN_ROUNDS"),
      slasherFlavor: SlasherFlavor.tally,
      slashingVetoer: zeroAddress,
      slashingDisableDuration: upstreamDefault("AZTEC_SLASHING_DISABLE_DURATION"),
      manaTarget: upstreamDefault("AZTEC_MANA_TARGET"),
      exitDelaySeconds: upstreamDefault("AZTEC_EXIT_DELAY_SECONDS"),
      version: 0,
      provingCostPerMana: upstreamDefault("AZTEC_PROVING_COST_PER_MANA"),
      initialEthPerFeeAsset: upstreamDefault("AZTEC_INITIAL_ETH_PER_FEE_ASSET"),
      // RollupConfiguration.sol, down to stakingQueueConfig; the distributor is known only after deployment.
      rewardConfig: { rewardDistributor: zeroAddress, sequencerBps: 7_000, booster: zeroAddress, checkpointReward },
      rewardBoostConfig: { increment: 125_000, maxScore: 15_000_000, a: 1_000, minimum: 100_000, k: 1_000_000 },
      stakingQueueConfig: {
        bootstrapValidatorSetSize: 0n,
        bootstrapFlushSize: 0n,
        normalFlushSizeMin: 48n,
        normalFlushSizeQuotient: 2n,
        maxQueueFlushSize: 48n,
      },
      localEjectionThreshold: upstreamDefault("AZTEC_LOCAL_EJECTION_THRESHOLD"),
      earliestRewardsClaimableTimestamp: 0n,
      inboxLag: upstreamDefault("AZTEC_INBOX_LAG"),
    },
    genesis: {
      vkTreeRoot: fieldOf("build-ahead: verification key tree root"),
      protocolContractsHash: fieldOf("build-ahead: protocol contracts hash"),
      genesisArchiveRoot: toHex(GENESIS_ARCHIVE_ROOT, { size: 32 }),
    },
    // DeploymentConfiguration.sol: durations and shares of "mainnet", amounts of the local networks.
    governance: {
      proposeConfig: { lockDelay: 90n * DAY, lockAmount: 1_000_000n * TOKEN },
      votingDelay: 3n * DAY,
      votingDuration: 7n * DAY,
      executionDelay: 30n * DAY,
      gracePeriod: 7n * DAY,
      quorum: TOKEN / 5n,
      requiredYeaMargin: (33n * TOKEN) / 100n,
      minimumVotes: 400n * TOKEN,
    },
    governanceProposer: { quorum: signallingRound / 2n + 1n, roundSize: signallingRound }, // quorum: DeploymentConfiguration.sol
    gse: {
      activationThreshold: upstreamDefault("AZTEC_ACTIVATION_THRESHOLD"),
      ejectionThreshold: upstreamDefault("AZTEC_EJECTION_THRESHOLD"),
    },
    coinIssuerRate: TOKEN / 5n, // DeploymentConfiguration.sol
    coinIssuerGatedUntil: 1_798_761_600n, // DeployAztecL1Contracts.s.sol
    initialFeeAssetSupply: TOKEN, // DeployAztecL1Contracts.s.sol
    rewardDistributorFunding: checkpointReward * 200_000n, // DeploymentConfiguration.sol
    feeJuicePortalFunding: 10_000_000n * TOKEN, // ours: more than any scenario collects
    rewardsClaimable: true, // ours: scenarios claim
  };
}

/** @throws InvalidNetworkConfigError on a value that could only fail later and less clearly. */
export function assertValidConfig(config: NetworkConfig): void {
  const { rollup, governanceProposer } = config;
  const require = (condition: boolean, message: string, fields: Readonly<Record<string, unknown>>) => {
    if (!condition) throw new InvalidNetworkConfigError(message, { fields });
  };
  require(rollup.aztecSlotDuration > 0n &&
    rollup.aztecSlotDuration % 12n === 0n, "A slot must be a whole number of L1 blocks", {
    aztecSlotDuration: rollup.aztecSlotDuration,
  });
  require(rollup.aztecEpochDuration > 0n, "An epoch must have a slot", {
    aztecEpochDuration: rollup.aztecEpochDuration,
  });
  require(rollup.lagInEpochsForValidatorSet >=
    rollup.lagInEpochsForRandao, "The set must be fixed before its seed is known", {
    lagInEpochsForValidatorSet: rollup.lagInEpochsForValidatorSet,
    lagInEpochsForRandao: rollup.lagInEpochsForRandao,
  });
  require(rollup.rewardConfig.sequencerBps <= 10_000, "A share cannot exceed the whole", {
    sequencerBps: rollup.rewardConfig.sequencerBps,
  });
  require(governanceProposer.quorum > governanceProposer.roundSize / 2n &&
    governanceProposer.quorum <=
      governanceProposer.roundSize, "A signalling quorum must be more than half a round and no more than a round", {
    quorum: governanceProposer.quorum,
    roundSize: governanceProposer.roundSize,
  });
}
