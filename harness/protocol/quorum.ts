/**
 * Attestations that L1 wants when an epoch is proven, and for every late submission: more than two thirds of the committee.
 * Source: `ValidatorSelectionLib.verifyAttestations`.
 * @param committeeSize Members, at least one: without a committee nobody can attest.
 */
export function computeQuorum(committeeSize: number): number {
  return Math.floor((committeeSize * 2) / 3) + 1;
}
