import { toHex, type Hex } from "viem";

import type { SlotCommittee } from "../../harness/consensus/slotCommittee.ts";
import { deriveAccount } from "../../harness/l1/deriveAccount.ts";
import type { Validator } from "../../harness/network/validator.ts";
import { computeQuorum } from "../../harness/protocol/quorum.ts";

/** A validator with a signing key and without a stake: enough for everything that happens before L1. */
export function makeUnstakedValidator(seed: string, index: number): Validator {
  const { account, privateKey } = deriveAccount(seed, "validator", index);
  const zero = { x: 0n, y: 0n };
  return {
    address: account.address,
    account,
    privateKey,
    withdrawer: deriveAccount(seed, "withdrawer", index).account,
    registration: {
      publicKeyInG1: zero,
      publicKeyInG2: { x0: 0n, x1: 0n, y0: 0n, y1: 0n },
      proofOfPossession: zero,
    },
  };
}

/** A committee that no rollup sampled. */
export function makeCommittee(options: { size?: number; slot?: bigint; proposerIndex?: number } = {}): SlotCommittee {
  const { size = 48, slot = 7n, proposerIndex = 40 } = options;
  const members = Array.from({ length: size }, (_, index) => makeUnstakedValidator("committee", index));
  const proposer = members[proposerIndex];
  if (proposer === undefined) throw new RangeError("the proposer must be a member");
  return { slot, epoch: 0n, members, proposer, proposerIndex, quorum: computeQuorum(size) };
}

/** A field element that is recognisable in a dump. */
export const field = (value: number): Hex => toHex(value, { size: 32 });
