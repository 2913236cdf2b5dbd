import { expect } from "chai";
import { getAddress, parseEventLogs, zeroAddress, type Address } from "viem";

import { makeEpochProofTransaction } from "../../../harness/consensus/epochProofTransaction.ts";
import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { computeFee } from "../../../harness/consensus/epochProof.ts";
import { DEFAULT_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import { lateSubmissionAbi } from "../../../harness/protocol/abis.ts";
import { deriveShares } from "../../../harness/protocol/shares.ts";
import { splitShare } from "../../../harness/protocol/split.ts";
import { RollupAbi, TestERC20Abi } from "../../../harness/upstream/abis.ts";
import type { TestWorld } from "../../support/world.ts";

/** A late checkpoint as the test knows it, under the terms it was accepted under. */
export interface LateLanding {
  readonly checkpoint: AttestedCheckpoint;
  /** Undefined: nobody is credited. */
  readonly submitter?: Address | undefined;
  readonly submitterBps?: number;
  readonly burnBps?: number;
}

export interface ProofExpectation {
  readonly checkpoints: readonly AttestedCheckpoint[];
  readonly late?: readonly LateLanding[];
  /** How many of the checkpoints an earlier proof has settled; default none. */
  readonly settledBefore?: number;
  /** Unix seconds of the proof's L1 block; default the next one. */
  readonly timestamp?: bigint;
}

/**
 * Proves checkpoints and checks every token: coinbases, submitters and the burn address get what a plain calculation over the
 * headers gives, exactly the late ones are split, and their records say so.
 */
export async function proveAndSettle(world: TestWorld, expectation: ProofExpectation): Promise<void> {
  const { chain, rollup, network, prover } = world;
  const { checkpoints, late = [], settledBefore = 0, timestamp } = expectation;
  const { checkpointReward, sequencerBps } = rollup.config.rewardConfig;
  const burnAddress = await chain.publicClient.readContract({
    address: rollup.address,
    abi: RollupAbi,
    functionName: "getBurnAddress",
  });

  const rewards = new Map<Address, bigint>();
  const credit = (to: Address, amount: bigint) => {
    const who = getAddress(to);
    rewards.set(who, (rewards.get(who) ?? 0n) + amount);
  };
  const splits: unknown[] = [];
  const shares = deriveShares({
    fees: checkpoints.map(computeFee),
    feeHeaders: checkpoints.map(({ feeHeader }) => feeHeader),
    provenLength: settledBefore,
    checkpointReward,
    sequencerBps,
    isCanonical: true,
    distributorBalance: checkpointReward * BigInt(checkpoints.length),
    isTxsEnabled: rollup.config.manaTarget > 0n,
  });
  let burned = shares.congestionBurn;
  for (const { index, coinbase, share } of shares.checkpoints) {
    const landing = late.find((candidate) => candidate.checkpoint === checkpoints[index]);
    if (landing === undefined) {
      credit(coinbase, share);
      continue;
    }
    const { submitter, submitterBps = DEFAULT_TERMS.submitterBps, burnBps = DEFAULT_TERMS.burnBps } = landing;
    const { submitterCut, forfeited, kept } = splitShare(share, { submitterBps, burnBps }, submitter !== undefined);
    credit(coinbase, kept);
    if (submitter !== undefined) credit(submitter, submitterCut);
    burned += forfeited;
    const [who, from] = [getAddress(submitter ?? zeroAddress), getAddress(coinbase)];
    splits.push({ slot: landing.checkpoint.slot, submitter: who, coinbase: from, share, submitterCut, forfeited });
  }

  const readRewards = () => Promise.all([...rewards.keys()].map((who) => readSequencerRewards(world, who)));
  const readBurned = () =>
    chain.publicClient.readContract({
      address: network.contracts.feeAsset,
      abi: TestERC20Abi,
      functionName: "balanceOf",
      args: [burnAddress],
    });
  const [rewardsBefore, burnedBefore] = [await readRewards(), await readBurned()];
  const request = await makeEpochProofTransaction(world.view, prover, { checkpoints });
  const receipt = await chain.execute(request, timestamp === undefined ? {} : { timestamp });
  const [rewardsAfter, burnedAfter] = [await readRewards(), await readBurned()];

  [...rewards].forEach(([who, expected], index) => {
    const gained = (rewardsAfter[index] ?? 0n) - (rewardsBefore[index] ?? 0n);
    expect(gained, `rewards of ${who}`).to.equal(expected);
  });
  expect(burnedAfter - burnedBefore, "burned").to.equal(burned);
  const settled = parseEventLogs({
    abi: lateSubmissionAbi,
    eventName: "LateSubmissionSettled",
    logs: receipt.logs,
  });
  expect(
    settled.map(({ args }) => args),
    "splits",
  ).to.deep.equal(splits);
  for (const { checkpoint } of late) {
    expect((await readLateSubmission(world, checkpoint.slot)).isSettled, "settled").to.equal(true);
  }
  const { proven } = await chain.publicClient.readContract({
    address: rollup.address,
    abi: RollupAbi,
    functionName: "getTips",
  });
  expect(proven, "proven checkpoint").to.equal(checkpoints.at(-1)?.number);
}

/** The record of a slot. @throws ContractFunctionExecutionError when there is none; see `rejectionOfRecord`. */
export function readLateSubmission({ chain, rollup }: TestWorld, slot: bigint) {
  return chain.publicClient.readContract({
    address: rollup.address,
    abi: lateSubmissionAbi,
    functionName: "getLateSubmission",
    args: [slot],
  });
}

/** Fee token units (1e18) that an address could claim. */
export function readSequencerRewards({ chain, rollup }: TestWorld, who: Address): Promise<bigint> {
  return chain.publicClient.readContract({
    address: rollup.address,
    abi: RollupAbi,
    functionName: "getSequencerRewards",
    args: [who],
  });
}
