import { toHex, type Hex } from "viem";

import { KeyRing, type HeldKey } from "../../harness/consensus/keyRing.ts";
import type { SlotCommittee } from "../../harness/consensus/slotCommittee.ts";
import { deriveAccount } from "../../harness/l1/deriveAccount.ts";
import { computeQuorum } from "../../harness/protocol/quorum.ts";

/** A committee whose every key is held. */
export interface SyntheticCommittee extends SlotCommittee {
  readonly keys: KeyRing;
  /** The same keys one by one, in committee order. */
  readonly heldKeys: readonly HeldKey[];
}

/** A committee that no rollup sampled, of validators without a stake: enough for everything that happens before L1. */
export function makeCommittee(
  options: { size?: number; slot?: bigint; proposerIndex?: number } = {},
): SyntheticCommittee {
  const { size = 48, slot = 7n, proposerIndex = 40 } = options;
  const heldKeys = Array.from({ length: size }, (_, index) => deriveAccount("committee", "validator", index));
  const members = heldKeys.map(({ account }) => account.address);
  const proposer = members[proposerIndex];
  if (proposer === undefined) throw new RangeError("the proposer must be a member");
  return {
    slot,
    epoch: 0n,
    members,
    proposer,
    proposerIndex,
    quorum: computeQuorum(size),
    keys: new KeyRing(heldKeys),
    heldKeys,
  };
}

/** A field element that is recognisable in a dump. */
export const field = (value: number): Hex => toHex(value, { size: 32 });
