import { encodeFunctionData, type Address } from "viem";

import fixedActionsPayloadModule from "../../../ignition/modules/fixedActionsPayload.ts";
import { governanceSignalCall, slashingVoteCall } from "../../consensus/bundledCalls.ts";
import { advanceToEpoch } from "../../network/advance.ts";
import { deployModule } from "../../network/deployModule.ts";
import type { DeployedNetwork } from "../../network/deployment.ts";
import { proposeWithLock } from "../../network/governance.ts";
import { flushEntryQueue, queueValidators } from "../../network/stakeValidators.ts";
import type { Validator } from "../../network/validator.ts";
import { epochAt, firstEpochSampledAfter } from "../../protocol/time.ts";
import { encodeNoVotes } from "../../scenarios/noVotes.ts";
import { makeOnTimeSeries } from "../../scenarios/onTimeSeries.ts";
import { runScenario } from "../../scenarios/scenario.ts";
import { settlement } from "../../scenarios/settlement.ts";
import { GovernanceAbi, RollupAbi } from "../../upstream/abis.ts";
import { requireLanded, World, type Landing } from "../../world/world.ts";

/** Who takes part in a used network. */
export interface NetworkPeople {
  /** Who is active from the start. */
  readonly active: readonly Validator[];
  /** Who has deposited and waits in the entry queue at the end. */
  readonly queued: readonly Validator[];
}

/** What a network that was used for a while has open at the end. */
export interface OpenEnds {
  /** The governance proposal that is being voted on. */
  readonly proposalId: bigint;
  /** The payload that proposers have begun to signal. */
  readonly signalled: Address;
  readonly provenCheckpoint: bigint;
  readonly pendingCheckpoint: bigint;
}

/**
 * Uses a network as its people would: validators stake, somebody proposes to governance, two epochs pass of which the first is
 * proven, somebody votes. Then it stops in the middle: an epoch half finished and unproven, rewards unclaimed, slashing and signalling
 * rounds open, a proposal being voted on, validators in the entry queue. Nothing but ordinary transactions.
 */
export async function useNetwork(
  network: DeployedNetwork,
  { active, queued }: NetworkPeople,
  seed: string,
): Promise<OpenEnds> {
  const { chain, deployer, contracts, rollup } = network;
  await queueValidators(deployer, contracts, active, rollup);
  await flushEntryQueue(deployer, rollup);
  const proposalId = await proposeToGovernance(network);

  const world = new World({ network, rollup, keys: active, seed });
  const { creation, config } = await readProposal(network, proposalId);
  const first = firstEpochSampledAfter(rollup.timing, await chain.now());
  const voted = epochAt(rollup.timing, creation + config.votingDelay) + 1n;
  await advanceToEpoch(chain, rollup, voted > first ? voted : first);
  await runScenario(makeOnTimeSeries({ id: "source.onTime", count: 2 }), { world });
  await runScenario(settlement, { world });
  await vote(network, proposalId);

  const signalled = await deployPayload(network, "signalled, and not yet proposed");
  for (let count = 0; count < 2; count++) await landWithVotes(world, signalled);
  await queueValidators(deployer, contracts, queued, rollup);
  const { pending, proven } = await chain.publicClient.readContract({
    address: rollup.address,
    abi: RollupAbi,
    functionName: "getTips",
  });
  return { proposalId, signalled, provenCheckpoint: proven, pendingCheckpoint: pending };
}

/** Somebody with tokens proposes what has nothing to do with the upgrade. */
async function proposeToGovernance(network: DeployedNetwork): Promise<bigint> {
  const { deployer, provisioner } = network;
  return proposeWithLock(network, await deployPayload(network, "another change of the old rollup"), {
    sender: deployer.account,
    fund: (account, amount) => provisioner.mintStakingAsset(account, amount),
  });
}

/** A harmless payload: rewards stay claimable. */
async function deployPayload({ deployer, rollup }: DeployedNetwork, uri: string): Promise<Address> {
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "setRewardsClaimable", args: [true] });
  const parameters = { FixedActionsPayload: { actions: [{ target: rollup.address, data }], uri } };
  return (await deployModule(deployer, fixedActionsPayloadModule, parameters)).payload;
}

function readProposal({ chain, contracts }: DeployedNetwork, proposalId: bigint) {
  const governance = { address: contracts.governance, abi: GovernanceAbi } as const;
  return chain.publicClient.readContract({ ...governance, functionName: "getProposal", args: [proposalId] });
}

/** Whoever proposed votes for it, with half of what it has. */
async function vote({ chain, deployer, contracts }: DeployedNetwork, proposalId: bigint): Promise<void> {
  const { account } = deployer;
  const governance = { address: contracts.governance, abi: GovernanceAbi } as const;
  const power = await chain.publicClient.readContract({
    ...governance,
    functionName: "powerNow",
    args: [account.address],
  });
  const data = encodeFunctionData({ ...governance, functionName: "vote", args: [proposalId, power / 2n, true] });
  await chain.execute({ from: account, to: contracts.governance, data });
}

/** A proposer lands its checkpoint, signals a payload and votes that nobody is to be slashed, in one bundle. */
async function landWithVotes(world: World, payload: Address): Promise<Landing> {
  const slot = await world.nextSlot();
  const proposer = await world.proposerOf(slot);
  const votes = await encodeNoVotes(world.view);
  const after = [
    await governanceSignalCall(world, proposer, slot, payload, false),
    await slashingVoteCall(world.view, proposer, slot, votes, false),
  ];
  return requireLanded(await world.land(await world.build(slot), { bundle: { after } }));
}
