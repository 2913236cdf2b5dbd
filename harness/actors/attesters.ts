import type { ValidatorId } from "../sim/ledger.ts";

/** As upstream's publishers do: no more attestations than it takes, the proposer's first, then in the order of the members' ids. */
export function trimToQuorum(
  attesters: readonly ValidatorId[],
  proposer: ValidatorId,
  quorum: number,
): readonly ValidatorId[] {
  const others = attesters.filter((member) => member !== proposer).sort((one, other) => one - other);
  const own = attesters.includes(proposer) ? [proposer] : [];
  return [...own, ...others].slice(0, quorum);
}
