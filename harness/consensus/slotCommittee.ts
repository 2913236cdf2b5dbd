import type { Address } from "viem";

import { getCommittee, getProposer } from "../network/committee.ts";
import { computeQuorum } from "../protocol/quorum.ts";
import { epochOfSlot } from "../protocol/time.ts";
import type { RollupView } from "./rollupView.ts";

/** Who may attest to the checkpoint of a slot, in the order that L1 wants, and who proposes it. */
export interface SlotCommittee {
  readonly slot: bigint;
  readonly epoch: bigint;
  readonly members: readonly Address[];
  readonly proposer: Address;
  readonly proposerIndex: number;
  /** Attestations that L1 wants when an epoch is proven, and for every late submission: more than two thirds. */
  readonly quorum: number;
}

/**
 * Reads the committee and the proposer of a slot.
 * @throws L1RevertError when L1 does not know the slot's committee yet.
 */
export async function readSlotCommittee({ chain, rollup }: RollupView, slot: bigint): Promise<SlotCommittee> {
  const epoch = epochOfSlot(rollup.timing, slot);
  const members = await getCommittee(chain, rollup, epoch);
  const proposer = await getProposer(chain, rollup, slot);
  const proposerIndex = members.indexOf(proposer);
  return { slot, epoch, members, proposer, proposerIndex, quorum: computeQuorum(members.length) };
}

/** The smallest landable quorum: the first members in committee order, the proposer always among them. */
export function selectQuorum(committee: SlotCommittee, size = committee.quorum): readonly Address[] {
  const { members, proposer } = committee;
  const others = members.filter((member) => member !== proposer).slice(0, size - 1);
  return members.filter((member) => member === proposer || others.includes(member));
}
