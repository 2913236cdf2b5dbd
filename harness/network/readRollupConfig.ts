import {
  getAddress,
  hexToBigInt,
  isAddressEqual,
  padHex,
  slice,
  toHex,
  zeroAddress,
  type Address,
  type Hex,
} from "viem";

import { BuildAheadError } from "../errors.ts";
import type { L1Node } from "../l1/l1Node.ts";
import {
  PROTOCOL_CONTRACTS_HASH_WORD,
  STAKING_QUEUE_CONFIG_WORD,
  toWord,
  VERIFIER_WORD,
  VK_TREE_ROOT_WORD,
} from "../protocol/storageMap.ts";
import {
  EmpireSlashingProposerAbi,
  InboxAbi,
  RollupAbi,
  SlasherAbi,
  TallySlashingProposerAbi,
} from "../upstream/abis.ts";
import { RewardBoosterAbi } from "../upstream/rewardBoosterAbi.ts";
import { SlasherFlavor, type GenesisState, type RollupConfig } from "../upstream/rollupConfig.ts";

/**
 * What a rollup was set up with, and what its owner made of it since: read from the chain alone. Two genesis roots, the verifier and
 * the entry queue's configuration have no getter and are read from their words of storage.
 */
export interface DeployedConfig {
  /** `rewardConfig.booster` is the one in force; `initialEthPerFeeAsset` is today's price. */
  readonly config: RollupConfig;
  readonly genesis: GenesisState;
  readonly verifier: Address;
  readonly owner: Address;
  readonly rewardsClaimable: boolean;
}

/**
 * A rollup does not tell its configuration as v4.1.2's does.
 * @public for who catches it
 */
export class UnreadableConfigError extends BuildAheadError {
  constructor(rollup: Address, part: string, cause: unknown) {
    super("A part of the rollup's configuration cannot be read: it is not of the version that is known here", {
      fields: { rollup, part },
      cause,
    });
  }
}

type SlashingConfig = Pick<
  RollupConfig,
  | "slasherFlavor"
  | "slashingQuorum"
  | "slashingRoundSize"
  | "slashingLifetimeInRounds"
  | "slashingExecutionDelayInRounds"
  | "slashAmounts"
  | "slashingOffsetInRounds"
  | "slashingVetoer"
  | "slashingDisableDuration"
>;

const NO_SLASHING: SlashingConfig = {
  slasherFlavor: SlasherFlavor.none,
  slashingQuorum: 0n,
  slashingRoundSize: 0n,
  slashingLifetimeInRounds: 0n,
  slashingExecutionDelayInRounds: 0n,
  slashAmounts: [0n, 0n, 0n],
  slashingOffsetInRounds: 0n,
  slashingVetoer: zeroAddress,
  slashingDisableDuration: 0n,
};

/** A configuration as a rollup can tell it: what its kind of slashing does not use is nowhere on chain. */
export function withoutUnusedSlashing(config: RollupConfig): RollupConfig {
  if (config.targetCommitteeSize === 0n || config.slasherFlavor === SlasherFlavor.none) {
    return { ...config, ...NO_SLASHING };
  }
  if (config.slasherFlavor === SlasherFlavor.tally) return config;
  const { slashAmounts, slashingOffsetInRounds } = NO_SLASHING;
  return { ...config, slashAmounts, slashingOffsetInRounds };
}

/**
 * Reads a rollup's configuration back into the form in which its constructor took it.
 * @throws UnreadableConfigError
 */
export async function readRollupConfig(node: L1Node, address: Address): Promise<DeployedConfig> {
  const part = async <T>(name: string, read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (cause) {
      throw new UnreadableConfigError(address, name, cause);
    }
  };
  return {
    config: {
      ...(await part("timing", () => readTiming(node, address))),
      ...(await part("slashing", () => readSlashing(node, address))),
      ...(await part("fees", () => readFees(node, address))),
      ...(await part("rewards", () => readRewards(node, address))),
      ...(await part("staking", () => readStaking(node, address))),
    },
    ...(await part("genesis", () => readRest(node, address))),
  };
}

async function readTiming({ publicClient }: L1Node, address: Address) {
  const rollup = { address, abi: RollupAbi } as const;
  const read = <
    Name extends
      | "getSlotDuration"
      | "getEpochDuration"
      | "getTargetCommitteeSize"
      | "getLagInEpochsForValidatorSet"
      | "getLagInEpochsForRandao"
      | "getProofSubmissionEpochs"
      | "getVersion",
  >(
    functionName: Name,
  ) => publicClient.readContract({ ...rollup, functionName });
  const inbox = await publicClient.readContract({ ...rollup, functionName: "getInbox" });
  return {
    aztecSlotDuration: await read("getSlotDuration"),
    aztecEpochDuration: await read("getEpochDuration"),
    targetCommitteeSize: await read("getTargetCommitteeSize"),
    lagInEpochsForValidatorSet: await read("getLagInEpochsForValidatorSet"),
    lagInEpochsForRandao: await read("getLagInEpochsForRandao"),
    aztecProofSubmissionEpochs: await read("getProofSubmissionEpochs"),
    version: Number(await read("getVersion")),
    inboxLag: await publicClient.readContract({ address: inbox, abi: InboxAbi, functionName: "LAG" }),
  };
}

async function readSlashing({ publicClient }: L1Node, rollup: Address): Promise<SlashingConfig> {
  const slasher = {
    address: await publicClient.readContract({ address: rollup, abi: RollupAbi, functionName: "getSlasher" }),
    abi: SlasherAbi,
  } as const;
  if (isAddressEqual(slasher.address, zeroAddress)) return NO_SLASHING;
  const common = {
    slashingVetoer: await publicClient.readContract({ ...slasher, functionName: "VETOER" }),
    slashingDisableDuration: await publicClient.readContract({ ...slasher, functionName: "SLASHING_DISABLE_DURATION" }),
  };
  const proposer = await publicClient.readContract({ ...slasher, functionName: "PROPOSER" });
  const tally = { address: proposer, abi: TallySlashingProposerAbi } as const;
  const slasherFlavor = await publicClient.readContract({ ...tally, functionName: "SLASHING_PROPOSER_TYPE" });
  const shared = <Name extends "ROUND_SIZE" | "LIFETIME_IN_ROUNDS" | "EXECUTION_DELAY_IN_ROUNDS">(functionName: Name) =>
    publicClient.readContract({ ...tally, functionName });
  const rounds = {
    slasherFlavor,
    slashingRoundSize: await shared("ROUND_SIZE"),
    slashingLifetimeInRounds: await shared("LIFETIME_IN_ROUNDS"),
    slashingExecutionDelayInRounds: await shared("EXECUTION_DELAY_IN_ROUNDS"),
  };
  if (slasherFlavor === SlasherFlavor.empire) {
    const empire = { address: proposer, abi: EmpireSlashingProposerAbi } as const;
    const slashingQuorum = await publicClient.readContract({ ...empire, functionName: "QUORUM_SIZE" });
    return { ...NO_SLASHING, ...common, ...rounds, slashingQuorum };
  }
  const read = <
    Name extends
      "QUORUM" | "SLASH_AMOUNT_SMALL" | "SLASH_AMOUNT_MEDIUM" | "SLASH_AMOUNT_LARGE" | "SLASH_OFFSET_IN_ROUNDS",
  >(
    functionName: Name,
  ) => publicClient.readContract({ ...tally, functionName });
  return {
    ...common,
    ...rounds,
    slashingQuorum: await read("QUORUM"),
    slashAmounts: [
      await read("SLASH_AMOUNT_SMALL"),
      await read("SLASH_AMOUNT_MEDIUM"),
      await read("SLASH_AMOUNT_LARGE"),
    ],
    slashingOffsetInRounds: await read("SLASH_OFFSET_IN_ROUNDS"),
  };
}

async function readFees({ publicClient }: L1Node, address: Address) {
  const rollup = { address, abi: RollupAbi } as const;
  return {
    manaTarget: await publicClient.readContract({ ...rollup, functionName: "getManaTarget" }),
    provingCostPerMana: await publicClient.readContract({ ...rollup, functionName: "getProvingCostPerManaInEth" }),
    initialEthPerFeeAsset: await publicClient.readContract({ ...rollup, functionName: "getEthPerFeeAsset" }),
  };
}

async function readRewards({ publicClient }: L1Node, address: Address) {
  const rollup = { address, abi: RollupAbi } as const;
  const rewardConfig = await publicClient.readContract({ ...rollup, functionName: "getRewardConfig" });
  return {
    rewardConfig,
    rewardBoostConfig: await publicClient.readContract({
      address: rewardConfig.booster,
      abi: RewardBoosterAbi,
      functionName: "getConfig",
    }),
    earliestRewardsClaimableTimestamp: await publicClient.readContract({
      ...rollup,
      functionName: "getEarliestRewardsClaimableTimestamp",
    }),
  };
}

async function readStaking(node: L1Node, address: Address) {
  const rollup = { address, abi: RollupAbi } as const;
  const queue = await readWord(node, address, STAKING_QUEUE_CONFIG_WORD);
  const queueField = (index: number) => hexToBigInt(slice(queue, 28 - 4 * index, 32 - 4 * index));
  return {
    exitDelaySeconds: await node.publicClient.readContract({ ...rollup, functionName: "getExitDelay" }),
    localEjectionThreshold: await node.publicClient.readContract({
      ...rollup,
      functionName: "getLocalEjectionThreshold",
    }),
    stakingQueueConfig: {
      bootstrapValidatorSetSize: queueField(4),
      bootstrapFlushSize: queueField(3),
      normalFlushSizeMin: queueField(2),
      normalFlushSizeQuotient: queueField(1),
      maxQueueFlushSize: queueField(0),
    },
  };
}

async function readRest(node: L1Node, address: Address): Promise<Omit<DeployedConfig, "config">> {
  const { publicClient } = node;
  const rollup = { address, abi: RollupAbi } as const;
  return {
    genesis: {
      vkTreeRoot: await readWord(node, address, VK_TREE_ROOT_WORD),
      protocolContractsHash: await readWord(node, address, PROTOCOL_CONTRACTS_HASH_WORD),
      genesisArchiveRoot: await publicClient.readContract({ ...rollup, functionName: "archiveAt", args: [0n] }),
    },
    verifier: getAddress(slice(await readWord(node, address, VERIFIER_WORD), 12)),
    owner: await publicClient.readContract({ ...rollup, functionName: "owner" }),
    rewardsClaimable: await publicClient.readContract({ ...rollup, functionName: "isRewardsClaimable" }),
  };
}

async function readWord({ publicClient }: L1Node, address: Address, position: bigint): Promise<Hex> {
  const word = await publicClient.getStorageAt({ address, slot: toWord(position) });
  return padHex(word ?? toHex(0n), { size: 32 });
}
