import { EthAddress, type Buffer32, type Secp256k1Signer } from "../upstream/foundation.ts";
import {
  CheckpointAttestation,
  CheckpointProposal,
  ConsensusPayload,
  orderAttestations,
  trimAttestations,
  type CommitteeAttestation,
} from "../upstream/stdlib.ts";
import { packAttestations, signAttestation } from "./attestations.ts";
import { withAttestations, type AttestedCheckpoint } from "./attestedCheckpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { SlotCommittee } from "./slotCommittee.ts";

/**
 * The proposer's message on `checkpoint_proposal`. Its signature is over a packed serialisation, not over what attestations
 * sign; its last block, which execution would need, is left out.
 */
export function signProposal({ header, payload }: Checkpoint, proposer: Secp256k1Signer): Promise<CheckpointProposal> {
  const sign = (message: Buffer32) => Promise.resolve(proposer.signMessage(message));
  const { archive, feeAssetPriceModifier } = payload;
  return CheckpointProposal.createProposalFromSigner(header, archive, feeAssetPriceModifier, undefined, sign);
}

/** A validator's message on `checkpoint_attestation`, in answer to a proposal. */
export function attestToProposal(proposal: CheckpointProposal, validator: Secp256k1Signer): CheckpointAttestation {
  const payload = payloadOf(proposal);
  return new CheckpointAttestation(payload, signAttestation(payload, validator).signature, proposal.signature);
}

/**
 * Whether anybody could land a proposed checkpoint late: the proposal is the proposer's, and a quorum of the committee attests
 * to it. The proposer's own attestation may be missing. Who signed is recovered from the signatures, so strangers and
 * duplicates do not count.
 */
export function isLandable(
  committee: SlotCommittee,
  proposal: CheckpointProposal,
  attestations: readonly CheckpointAttestation[],
): boolean {
  const payload = payloadOf(proposal);
  const agreeing = attestations.filter((attestation) => attestation.payload.equals(payload));
  const senders = new Set(agreeing.map((attestation) => attestation.getSender()?.toString()));
  const signed = committee.members.filter((address) => senders.has(EthAddress.fromString(address).toString()));
  const isProposers = proposal.getSender()?.equals(EthAddress.fromString(committee.proposer)) ?? false;
  return isProposers && signed.length >= committee.quorum;
}

/** What a publisher makes of them, as upstream's does: no more than the quorum, the proposer's first, in committee order. */
export function collectQuorum(
  committee: SlotCommittee,
  attestations: readonly CheckpointAttestation[],
): CommitteeAttestation[] {
  const proposer = EthAddress.fromString(committee.proposer);
  const kept = trimAttestations([...attestations], committee.quorum, proposer, []);
  return orderAttestations(
    kept,
    committee.members.map((member) => EthAddress.fromString(member)),
  );
}

/**
 * What a rescuer sends: the attestations that were gossiped, and the proposer's signature over its proposal, which stands in for
 * its attestation if that is not among them. It names no signers: late, `propose` does not read them.
 */
export function rescueWithProposal(
  checkpoint: Checkpoint,
  committee: SlotCommittee,
  attestations: readonly CheckpointAttestation[],
  proposal: CheckpointProposal,
): AttestedCheckpoint {
  const packed = packAttestations(committee.members, collectQuorum(committee, attestations));
  return withAttestations(
    { ...checkpoint, proposer: committee.proposer },
    { ...packed, signers: [] },
    proposal.signature.toViemSignature(),
  );
}

function payloadOf({ checkpointHeader, archive, feeAssetPriceModifier }: CheckpointProposal): ConsensusPayload {
  return new ConsensusPayload(checkpointHeader, archive, feeAssetPriceModifier);
}
