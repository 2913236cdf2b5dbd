import { encodeFunctionData, isAddressEqual, multicall3Abi, toHex } from "viem";

import { governanceSignalCall, slashingVoteCall, type BundledCall } from "../consensus/bundledCalls.ts";
import { slashVoteBytes } from "../protocol/slashVotes.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { FuzzWorld } from "./fuzzWorld.ts";
import type { Plan, PlannedCall } from "./plan.ts";
import {
  draftProposal,
  finishProposal,
  PREVIOUS_SLOT,
  PROPOSAL_FAULTS,
  validationCalldata,
  type Proposal,
  type ProposalFault,
} from "./proposalDraft.ts";
import { contractOf, readManaTarget, toRollup } from "./rollupCalls.ts";

export async function proposeOnTime(world: FuzzWorld): Promise<Plan | undefined> {
  if (world.tip.slot >= world.slot) return undefined;
  const proposal = await finishProposal(world, draftProposal(world, await readManaTarget(world)));
  return planProposal(world, "propose", proposal, world.dice.chance(25));
}

export async function proposeFaulty(world: FuzzWorld): Promise<Plan | undefined> {
  const { dice } = world;
  const draft = draftProposal(world, await readManaTarget(world));
  const names: string[] = [];
  for (let left = dice.chance(30) ? 2 : 1; left > 0; left--) {
    const [name, apply] = pickFault(world);
    apply(draft, world);
    names.push(name);
  }
  const proposal = await finishProposal(world, draft);
  return planProposal(world, `propose with ${names.join(" and ")}`, proposal, dice.chance(15));
}

/** Any fault; the one that a window gives other errors to comes more often, above all where there is one error for it only. */
function pickFault({ dice, hasCommittees }: FuzzWorld): ProposalFault {
  return dice.chance(hasCommittees ? 15 : 40) ? PREVIOUS_SLOT : dice.pick(PROPOSAL_FAULTS);
}

/** The duplicate: what has landed is sent once more, by somebody else. */
export async function proposeAgain(world: FuzzWorld): Promise<Plan | undefined> {
  const { dice, tip } = world;
  const lands = world.landed.get(dice.chance(70) ? tip.number : tip.number - 1n);
  if (lands === undefined) return undefined;
  const { checkpoint } = lands;
  const { lastArchiveRoot, slotNumber } = checkpoint.proposeArgs.header;
  const proposal: Proposal = {
    lands,
    facts: { slot: slotNumber, lastArchive: lastArchiveRoot, hasBlobInput: true },
    calldata: checkpoint.proposeCalldata,
    carried: dice.chance(50) ? checkpoint : undefined,
    from: world.stranger,
  };
  return planProposal(world, "propose again", proposal, false);
}

async function planProposal(world: FuzzWorld, label: string, proposal: Proposal, isBundle: boolean): Promise<Plan> {
  const { twin, pool, rollup, dice } = world;
  const { calldata, carried, from, facts, lands } = proposal;
  const sidecars = carried === undefined ? {} : { sidecars: pool.sidecars(carried, twin.chain) };
  const call: PlannedCall = { kind: "propose", facts, lands };
  if (!isBundle) {
    const request = { ...toRollup(world, from, calldata), to: rollup.address, ...sidecars };
    return { label, request, calls: [call], isBundle };
  }
  const propose: BundledCall = { target: rollup.address, callData: calldata, allowFailure: !dice.chance(10) };
  const before = dice.chance(30) ? await slotWork(world) : [];
  // Twice in one bundle: the second is the duplicate.
  const again = dice.chance(20) ? [propose] : [];
  const after = await slotWork(world);
  const args = [...before, propose, ...again, ...after];
  const { multicall3 } = twin.upstream.contracts;
  const data = encodeFunctionData({ abi: multicall3Abi, functionName: "aggregate3", args: [args] });
  return {
    label: `bundled ${label}`,
    request: { ...toRollup(world, from, data), to: multicall3, ...sidecars },
    calls: args.map((entry) => (entry === propose ? call : { kind: "other" })),
    isBundle,
  };
}

/** What a publisher bundles with a proposal: governance signal, slashing vote; and now and then somebody's errand. */
async function slotWork(world: FuzzWorld): Promise<readonly BundledCall[]> {
  const { dice, twin, slot, rollup } = world;
  const { proposer, members } = await world.committee(slot);
  const work: BundledCall[] = [];
  if (dice.chance(60)) {
    const payload = dice.pick([twin.upstream.contracts.registry, twin.upstream.contracts.gse]);
    work.push(await governanceSignalCall(twin.upstream, proposer, slot, payload));
  }
  if (world.hasCommittees && dice.chance(60)) {
    const { slashingRoundSize, aztecEpochDuration } = rollup.config;
    const round = { committeeSize: members.length, roundSlots: slashingRoundSize, epochSlots: aztecEpochDuration };
    const bytes = slashVoteBytes(round);
    const votes = toHex(dice.below(2 ** (8 * bytes)), { size: bytes });
    const contract = { ...contractOf(world), functionName: "getSlasher" } as const;
    if (isAddressEqual(await twin.chain.publicClient.readContract(contract), rollup.slasher)) {
      work.push(await slashingVoteCall(world.view, proposer, slot, votes));
    }
  }
  if (dice.chance(30)) {
    const functionName = dice.pick(["prune", "setupEpoch", "checkpointRandao", "updateL1GasFeeOracle"] as const);
    const callData = encodeFunctionData({ abi: RollupAbi, functionName });
    work.push({ target: rollup.address, callData, allowFailure: true });
  }
  return work;
}

export async function validateHeader(world: FuzzWorld): Promise<Plan | undefined> {
  const { dice } = world;
  const draft = draftProposal(world, await readManaTarget(world));
  const names: string[] = [];
  if (dice.chance(50)) {
    const [name, apply] = pickFault(world);
    apply(draft, world);
    names.push(name);
  }
  const proposal = await finishProposal(world, draft);
  const data = validationCalldata(proposal, dice.chance(70), dice.chance(50));
  return {
    label: ["validate", ...names].join(" with "),
    request: toRollup(world, proposal.from, data),
    calls: [{ kind: "validate", facts: proposal.facts }],
    isBundle: false,
  };
}
