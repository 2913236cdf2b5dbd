import type { EpochCommittee, ProposeAction, ValidatorId } from "../sim/ledger.ts";
import type { RefusalName } from "./modelRollup.ts";

/** Who has a say about a checkpoint. */
export interface Authorities extends Pick<EpochCommittee, "members" | "quorum"> {
  /** Whose slot it is. */
  readonly proposer: ValidatorId;
  /** Who has built it and signs for it. */
  readonly builder: ValidatorId;
}

/** Attestations of one content as L1 is sent them: each member's signature, or its address. */
export interface PackedAttestations {
  /** Stands for what was signed. */
  readonly content: string;
  readonly members: readonly ValidatorId[];
  readonly attesters: readonly ValidatorId[];
}

/** Members that have attested. Whoever is no member counts for nothing. */
export function countAttestations(members: readonly ValidatorId[], attesters: ProposeAction["attesters"]): number {
  const signed = new Set(attesters);
  return members.reduce((count, member) => (signed.has(member) ? count + 1 : count), 0);
}

/** Source: `ProposerLib.verifyProposer`. Without the builder's second signature nobody names the signers. */
export function refuseOnTime(
  { members, proposer, builder }: Authorities,
  { attesters, authorisation }: ProposeAction,
): RefusalName | undefined {
  if (authorisation !== "own" && countAttestations(members, attesters) > 0) return "Panic";
  if (!attesters.includes(proposer)) return "ValidatorSelection__MissingProposerSignature";
  return builder === proposer ? undefined : "SignatureLib__InvalidSignature";
}

/** Source: section 3.3 of the specification; `LateAuthorisationLib.authorise`. */
export function refuseLate(
  { members, quorum, proposer, builder }: Authorities,
  { attesters, authorisation }: ProposeAction,
): RefusalName | undefined {
  if (countAttestations(members, attesters) < quorum) return "ValidatorSelection__InsufficientAttestations";
  if (attesters.includes(proposer)) return undefined;
  if (authorisation === "none") return "ValidatorSelection__MissingProposerSignature";
  return authorisation === "proposal" && builder === proposer ? undefined : "SignatureLib__InvalidSignature";
}

/** Whether two attestations are the same bytes. */
export function arePackedAlike(one: PackedAttestations, other: PackedAttestations): boolean {
  const [signed, stored] = [new Set(one.attesters), new Set(other.attesters)];
  return one.members.every((member, place) => {
    if (member !== other.members[place] || signed.has(member) !== stored.has(member)) return false;
    return one.content === other.content || !signed.has(member);
  });
}
