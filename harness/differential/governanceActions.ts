import { encodeFunctionData, isAddressEqual, zeroAddress } from "viem";

import { GovernanceAbi, GovernanceProposerAbi, RollupAbi } from "../upstream/abis.ts";
import type { FuzzWorld } from "./fuzzWorld.ts";
import { plainPlan, type Plan } from "./plan.ts";
import { toRollup } from "./rollupCalls.ts";

/** Rounds in which a winner may still be submitted. Source: the constructor of upstream's `GovernanceProposer`. */
const WINNER_LIFETIME = 5n;
/** Upstream's `ProposalState`. */
const ACTIVE = 1;

export async function signalDirectly(world: FuzzWorld): Promise<Plan> {
  const { dice, slot, twin } = world;
  const { proposer } = await world.committee(slot);
  const { governanceProposer, registry } = twin.upstream.contracts;
  const data = encodeFunctionData({ abi: GovernanceProposerAbi, functionName: "signal", args: [registry] });
  return plainPlan("signal", {
    from: dice.chance(85) ? world.accountOf(proposer) : world.stranger,
    to: governanceProposer,
    data,
  });
}

/** Hands a round's payload to governance: one that won, if there is one, or any round's. */
export async function submitWinner(world: FuzzWorld): Promise<Plan> {
  const { dice, slot, twin, rollup } = world;
  const { governanceProposer } = twin.upstream.contracts;
  const current = slot / twin.upstream.network.config.governanceProposer.roundSize;
  let round = current - dice.between(0n, WINNER_LIFETIME + 1n);
  for (let age = 1n; age <= WINNER_LIFETIME && dice.chance(90); age++) {
    const { payloadWithMostSignals, executed } = await twin.chain.publicClient.readContract({
      address: governanceProposer,
      abi: GovernanceProposerAbi,
      functionName: "getRoundData",
      args: [rollup.address, current - age],
    });
    if (executed || isAddressEqual(payloadWithMostSignals, zeroAddress)) continue;
    round = current - age;
    break;
  }
  const data = encodeFunctionData({ abi: GovernanceProposerAbi, functionName: "submitRoundWinner", args: [round] });
  return plainPlan("submit a round's winner", { from: world.stranger, to: governanceProposer, data, gas: 5_000_000n });
}

/** The rollup votes with its stake on what was proposed in its name: mostly on something that is open to votes. */
export async function vote(world: FuzzWorld): Promise<Plan | undefined> {
  const { dice, twin } = world;
  const contract = { address: twin.upstream.contracts.governance, abi: GovernanceAbi } as const;
  const proposals = await twin.chain.publicClient.readContract({ ...contract, functionName: "proposalCount" });
  if (proposals === 0n) return undefined;
  // Once in a while one that does not exist.
  let proposal = dice.chance(10) ? proposals : dice.between(0n, proposals - 1n);
  for (let age = 1n; age <= proposals && age <= 3n && dice.chance(90); age++) {
    const args = [proposals - age] as const;
    const state = await twin.chain.publicClient.readContract({ ...contract, functionName: "getProposalState", args });
    if (state !== ACTIVE) continue;
    proposal = proposals - age;
    break;
  }
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "vote", args: [proposal] });
  return plainPlan("vote", toRollup(world, world.stranger, data));
}
