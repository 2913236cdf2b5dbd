import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { attestToProposal, rescueWithProposal, signProposal } from "../consensus/gossipMessages.ts";
import { MissingKeyError, type World } from "../world/world.ts";
import { THIRD_PARTY } from "./people.ts";
import { makeRescue, SECOND_BLOCK } from "./rescue.ts";

/**
 * A proposer gossips its proposal and keeps its attestation to itself, to keep the rescue to itself. Everybody else has attested to the
 * proposal, and its signature stands in for what was withheld: anybody can land it.
 */
export const lateByProposal = makeRescue({
  id: "late.proposal",
  words: "third-party, with the proposal's signature in place of the proposer's attestation",
  // The smallest committee of which one member can be missing without the quorum being lost.
  committee: 4,
  delay: SECOND_BLOCK,
  sender: (world) => world.account(THIRD_PARTY),
  sent: withoutProposersAttestation,
});

/** What a rescuer makes of such gossip. @throws MissingKeyError */
async function withoutProposersAttestation(world: World, checkpoint: AttestedCheckpoint): Promise<AttestedCheckpoint> {
  const committee = await world.committee(checkpoint.slot);
  const { members, proposer } = committee;
  const signerOf = (member: typeof proposer) => {
    const signer = world.keys.signerOf(member);
    if (signer === undefined) throw new MissingKeyError(member, "attest");
    return signer;
  };
  const proposal = await signProposal(checkpoint, signerOf(proposer));
  const others = members.filter((member) => member !== proposer);
  const attestations = others.map((member) => attestToProposal(proposal, signerOf(member)));
  return rescueWithProposal(checkpoint, committee, attestations, proposal);
}
