import { encodeAbiParameters, hexToBigInt, keccak256, type Address } from "viem";

import { getCommittee } from "../network/committee.ts";
import type { EmbeddedNetwork } from "../network/openEmbeddedNetwork.ts";
import { computeQuorum } from "../protocol/quorum.ts";
import { epochStart, firstSlotOfEpoch } from "../protocol/time.ts";
import type { ValidatorId } from "../sim/ledger.ts";
import { RollupAbi } from "../upstream/abis.ts";

/** An epoch's committee, by addresses and by places in the set of validators. */
export interface AddressedCommittee {
  readonly addresses: readonly Address[];
  readonly members: readonly ValidatorId[];
  /** One for each slot of the epoch. */
  readonly proposers: readonly ValidatorId[];
  readonly quorum: number;
  readonly addressOf: (member: ValidatorId) => Address;
}

const UINT256 = { type: "uint256" } as const;

/**
 * Reads the committee of an epoch and works out its proposers from the epoch's seed: asking L1 for each of them would sample the
 * committee once a slot.
 * Source of the index: `ValidatorSelectionLib.computeProposerIndex`.
 * @throws L1RevertError when L1 does not know the epoch's committee yet.
 */
export async function readEpochCommittee(
  { chain, rollup, validators }: Pick<EmbeddedNetwork, "chain" | "rollup" | "validators">,
  epoch: bigint,
): Promise<AddressedCommittee> {
  const addresses = await getCommittee(chain, rollup, epoch);
  const seed = await chain.publicClient.readContract({
    address: rollup.address,
    abi: RollupAbi,
    functionName: "getSampleSeedAt",
    args: [epochStart(rollup.timing, epoch)],
  });
  const members = addresses.map((address) => validators.findIndex((validator) => validator.address === address));
  const first = firstSlotOfEpoch(rollup.timing, epoch);
  const proposers = Array.from({ length: Number(rollup.timing.epochSlots) }, (_, place) => {
    const preimage = encodeAbiParameters([UINT256, UINT256, UINT256], [epoch, first + BigInt(place), seed]);
    return members[Number(hexToBigInt(keccak256(preimage)) % BigInt(members.length))] as ValidatorId;
  });
  const addressOf = (member: ValidatorId) => (validators[member] as { readonly address: Address }).address;
  return { addresses, members, proposers, quorum: computeQuorum(members.length), addressOf };
}
