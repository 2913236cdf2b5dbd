import { isAddressEqual, type Address } from "viem";

import { epochOfSlot, getCommittee, getProposer } from "../network/rollupReads.ts";
import type { Validator } from "../network/validator.ts";
import { computeQuorum } from "../protocol/quorum.ts";
import { UnknownValidatorError } from "./consensusErrors.ts";
import type { RollupView } from "./rollupView.ts";

/** Who may attest to the checkpoint of a slot, in the order that L1 wants, and who proposes it. */
export interface SlotCommittee {
  readonly slot: bigint;
  readonly epoch: bigint;
  readonly members: readonly Validator[];
  readonly proposer: Validator;
  readonly proposerIndex: number;
  /** Attestations that L1 wants when an epoch is proven, and for every late submission: more than two thirds. */
  readonly quorum: number;
}

/**
 * Reads the committee and the proposer of a slot and finds their keys.
 * @throws UnknownValidatorError when `validators` lacks a member.
 * @throws L1RevertError when L1 does not know the slot's committee yet.
 */
export async function readSlotCommittee(
  { chain, rollup }: RollupView,
  validators: readonly Validator[],
  slot: bigint,
): Promise<SlotCommittee> {
  const epoch = epochOfSlot(rollup, slot);
  const addresses = await getCommittee(chain, rollup, epoch);
  const members = addresses.map((address) => findValidator(validators, address, slot));
  const proposer = findValidator(validators, await getProposer(chain, rollup, slot), slot);
  const proposerIndex = members.indexOf(proposer);
  return { slot, epoch, members, proposer, proposerIndex, quorum: computeQuorum(members.length) };
}

/** The smallest landable quorum: the first members in committee order, the proposer always among them. */
export function selectQuorum(committee: SlotCommittee, size = committee.quorum): readonly Validator[] {
  const { members, proposer } = committee;
  const others = members.filter((member) => member !== proposer).slice(0, size - 1);
  return members.filter((member) => member === proposer || others.includes(member));
}

function findValidator(validators: readonly Validator[], address: Address, slot: bigint): Validator {
  const validator = validators.find((candidate) => isAddressEqual(candidate.address, address));
  if (validator !== undefined) return validator;
  throw new UnknownValidatorError("The key of a committee member is not known", { fields: { address, slot } });
}
