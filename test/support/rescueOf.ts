import type { AttestedCheckpoint } from "../../harness/consensus/attestedCheckpoint.ts";
import { attestToProposal, rescueWithProposal, signProposal } from "../../harness/consensus/gossipMessages.ts";
import type { World } from "../../harness/world/world.ts";
import { signerOf } from "./signerOf.ts";

/** What somebody who has only gossip sends when the proposer keeps its attestation to itself. */
export async function rescueOf(
  world: Pick<World, "committee" | "keys">,
  checkpoint: AttestedCheckpoint,
): Promise<AttestedCheckpoint> {
  const committee = await world.committee(checkpoint.slot);
  const proposal = await signProposal(checkpoint, signerOf(world.keys, committee.proposer));
  const others = committee.members.filter((member) => member !== committee.proposer);
  const attestations = others.map((member) => attestToProposal(proposal, signerOf(world.keys, member)));
  return rescueWithProposal(checkpoint, committee, attestations, proposal);
}
