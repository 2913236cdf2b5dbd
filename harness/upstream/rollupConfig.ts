import { encodeAbiParameters, hexToNumber, keccak256, slice, type Address, type Hex } from "viem";

import { BuildAheadError } from "../errors.ts";
import { RollupAbi } from "./abis.ts";

// What upstream's contracts take as configuration, field by field: another version has other fields.

/**
 * Upstream's rollup takes no such constructor arguments: the pinned version is not the one this was written for.
 * @public for who catches it
 */
export class UpstreamMismatchError extends BuildAheadError {}

/** Upstream's `SlasherFlavor`. */
export const SlasherFlavor = { none: 0, tally: 1, empire: 2 } as const;

/** Upstream's `RollupConfigInput` (`core/interfaces/IRollup.sol`), field by field; that is what the constructor takes. */
export interface RollupConfig {
  /** Seconds. */
  readonly aztecSlotDuration: bigint;
  /** Slots. */
  readonly aztecEpochDuration: bigint;
  /** Validators. */
  readonly targetCommitteeSize: bigint;
  /** Epochs between the validator set's snapshot and the epoch it serves. */
  readonly lagInEpochsForValidatorSet: bigint;
  /** Epochs between the randao's snapshot and the epoch it serves. */
  readonly lagInEpochsForRandao: bigint;
  /** Epochs after an epoch's end in which its proof is accepted. */
  readonly aztecProofSubmissionEpochs: bigint;
  /** Slots that must vote alike in a slashing round. */
  readonly slashingQuorum: bigint;
  /** Slots. */
  readonly slashingRoundSize: bigint;
  readonly slashingLifetimeInRounds: bigint;
  readonly slashingExecutionDelayInRounds: bigint;
  /** Small, medium, large, in staking token units (1e18). */
  readonly slashAmounts: readonly [bigint, bigint, bigint];
  readonly slashingOffsetInRounds: bigint;
  readonly slasherFlavor: number;
  readonly slashingVetoer: Address;
  /** Seconds. */
  readonly slashingDisableDuration: bigint;
  /** Mana per checkpoint. */
  readonly manaTarget: bigint;
  /** Seconds. */
  readonly exitDelaySeconds: bigint;
  /** uint32; 0 here means: computed from everything else, as upstream does. */
  readonly version: number;
  /** Wei per mana. */
  readonly provingCostPerMana: bigint;
  /** ETH per fee asset, scaled by 1e12. */
  readonly initialEthPerFeeAsset: bigint;
  readonly rewardConfig: {
    readonly rewardDistributor: Address;
    /** Basis points of the checkpoint reward. */
    readonly sequencerBps: number;
    /** Zero: the rollup deploys its own. */
    readonly booster: Address;
    /** Fee token units (1e18) per checkpoint. */
    readonly checkpointReward: bigint;
  };
  readonly rewardBoostConfig: {
    readonly increment: number;
    readonly maxScore: number;
    readonly a: number;
    readonly minimum: number;
    readonly k: number;
  };
  /** Validators let in per epoch; see `StakingQueueConfig.sol`. */
  readonly stakingQueueConfig: {
    readonly bootstrapValidatorSetSize: bigint;
    readonly bootstrapFlushSize: bigint;
    readonly normalFlushSizeMin: bigint;
    readonly normalFlushSizeQuotient: bigint;
    readonly maxQueueFlushSize: bigint;
  };
  /** Staking token units (1e18). */
  readonly localEjectionThreshold: bigint;
  /** Unix seconds. */
  readonly earliestRewardsClaimableTimestamp: bigint;
  /** Checkpoints between a message and the checkpoint that consumes it. */
  readonly inboxLag: bigint;
}

/** Upstream's governance `Configuration`. Durations in seconds, shares scaled by 1e18, amounts in staking token units (1e18). */
export interface GovernanceConfig {
  readonly proposeConfig: { readonly lockDelay: bigint; readonly lockAmount: bigint };
  readonly votingDelay: bigint;
  readonly votingDuration: bigint;
  readonly executionDelay: bigint;
  readonly gracePeriod: bigint;
  readonly quorum: bigint;
  readonly requiredYeaMargin: bigint;
  readonly minimumVotes: bigint;
}

/** Field elements of the chain's beginning. */
export interface GenesisState {
  readonly vkTreeRoot: Hex;
  readonly protocolContractsHash: Hex;
  readonly genesisArchiveRoot: Hex;
}

/**
 * Upstream's rollup version: the first four bytes of keccak256(abi.encode(config with version 0, genesis)).
 * Source: `RollupConfiguration._computeConfigVersion`.
 */
export function computeRollupVersion(config: RollupConfig, genesis: GenesisState): number {
  const inputs = RollupAbi.find((item) => item.type === "constructor")?.inputs;
  if (inputs === undefined) throw new UpstreamMismatchError("Upstream's rollup has no constructor");
  const encoded = encodeAbiParameters([inputs[6], inputs[5]], [{ ...config, version: 0 }, genesis]);
  return hexToNumber(slice(keccak256(encoded), 0, 4));
}
