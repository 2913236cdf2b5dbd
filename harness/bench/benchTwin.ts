import type { Address, Hex, LocalAccount } from "viem";

import { governanceSignalCall, slashingVoteCall, type BundledCall } from "../consensus/bundledCalls.ts";
import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import type { HardhatRuntime } from "../hardhatRuntime.ts";
import { DEFAULT_SEED } from "../l1/embeddedChain.ts";
import { advanceToEpoch } from "../network/advance.ts";
import { DEFAULT_TERMS } from "../network/deployBuildAhead.ts";
import { encodeSlashVotes } from "../protocol/slashVotes.ts";
import { toWord } from "../protocol/storageMap.ts";
import { openTwin } from "../twin/openTwin.ts";
import type { Side } from "../twin/side.ts";
import { Twin, type TwinParts } from "../twin/twin.ts";
import type { BuildOptions } from "../world/world.ts";
import { BenchContradictionError } from "./record/benchErrors.ts";
import { benchConfig } from "./benchSetup.ts";
import { deployBenchContract } from "./deployBenchContract.ts";

export interface BenchTwinOptions {
  readonly hardfork: string;
  /** Members; 0 lets anyone propose. */
  readonly committee: number;
  readonly validatorCount: number;
  readonly onKeyProgress?: (done: number, count: number) => void;
}

/** Who and what stands beside the rollups to be measured. */
interface Surroundings {
  /** Sends what a proposer does not send itself. */
  readonly rescuer: LocalAccount;
  readonly prover: LocalAccount;
  /** At the same address on both sides; only the extended one has the guard that it asks. */
  readonly guardedBundler: Address;
}

/** Where `RollupCore.checkBlob` lives; `setBlobCheck` is verified through its getter by a test. */
const CHECK_BLOB_WORD = toWord(4n);

/** Opens a twin to measure in; both clocks stand at the first second of {@link BenchTwin.measuredEpoch}. */
export async function openBenchTwin(hardhat: HardhatRuntime, options: BenchTwinOptions): Promise<BenchTwin> {
  const { committee, ...rest } = options;
  let guardedBundler: Address = "0x";
  const parts = await openTwin(hardhat, {
    ...rest,
    config: benchConfig(committee),
    seed: DEFAULT_SEED,
    contentSeed: "gas evidence",
    terms: DEFAULT_TERMS,
    hasBurned: true,
    // On both, so that they stay in step.
    prepare: async ({ deployer }) => {
      guardedBundler = await deployBenchContract(deployer, "GuardedBundler");
    },
  });
  const twin = new BenchTwin(parts, {
    rescuer: await parts.account("rescuer"),
    prover: await parts.account("prover"),
    guardedBundler,
  });
  await twin.onBoth(({ chain, rollup }) => advanceToEpoch(chain, rollup, twin.measuredEpoch));
  return twin;
}

/** A twin whose gas is measured. What is built here is built on the extended side's tip, and valid on both. */
export class BenchTwin extends Twin implements Surroundings {
  readonly rescuer: LocalAccount;
  readonly prover: LocalAccount;
  readonly guardedBundler: Address;

  constructor(parts: TwinParts, { rescuer, prover, guardedBundler }: Surroundings) {
    super(parts);
    this.rescuer = rescuer;
    this.prover = prover;
    this.guardedBundler = guardedBundler;
  }

  /** Members; 0 lets anyone propose. */
  get committeeSize(): number {
    return Number(this.extended.rollup.committeeSize);
  }

  /** The first epoch to measure in, untouched so far and with slashing votes open. */
  get measuredEpoch(): bigint {
    const { slashingOffsetInRounds, slashingRoundSize, aztecEpochDuration } = this.upstream.rollup.config;
    const votesOpen = (slashingOffsetInRounds * slashingRoundSize) / aztecEpochDuration;
    const staked = this.firstEpoch + 1n;
    return staked > votesOpen ? staked : votesOpen;
  }

  /** Who sends on time: the proposer; with a committee of 0 anyone, here the first validator. */
  async proposerOf(slot: bigint): Promise<LocalAccount> {
    if (this.committeeSize > 0) return this.extended.proposerOf(slot);
    const [anyone] = this.validators;
    if (anyone === undefined) throw new BenchContradictionError("A network without validators cannot be measured");
    return anyone.account;
  }

  /** Builds and attests the checkpoint of a slot; see `World.build`. Its proposer is paid. */
  async build(slot: bigint, options: BuildOptions = {}): Promise<AttestedCheckpoint> {
    return this.extended.build(slot, { coinbase: (await this.proposerOf(slot)).address, ...options });
  }

  /** A governance signal and a slashing vote by the proposer of the slot in which the bundle lands. */
  async companions(side: Side, slot: bigint): Promise<readonly BundledCall[]> {
    const { rollup, contracts } = side;
    const proposer = await side.proposerOf(slot);
    const { aztecEpochDuration: epochSlots, slashingRoundSize: roundSlots } = rollup.config;
    // Nobody is guilty but the fourth member: a vote as quiet times see it.
    const votes = encodeSlashVotes({ committeeSize: rollup.committeeSize, roundSlots, epochSlots }, [0, 0, 0, 1]);
    return [
      await governanceSignalCall(side, proposer, slot, contracts.dateGatedRelayer),
      await slashingVoteCall(side.view, proposer, slot, votes),
    ];
  }

  /** Switches the comparison of commitments with blobs off or on, as upstream's own benchmark does. */
  async setBlobCheck({ chain, rollup }: Side, isOn: boolean): Promise<void> {
    const word: Hex = toWord(isOn ? 1n : 0n);
    await chain.setStorageAt(rollup.address, CHECK_BLOB_WORD, word);
  }
}
