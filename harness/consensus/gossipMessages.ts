import { EthAddress, type Buffer32, type Secp256k1Signer } from "../upstream/foundation.ts";
import {
  CheckpointAttestation,
  CheckpointProposal,
  ConsensusPayload,
  orderAttestations,
  trimAttestations,
  type CommitteeAttestation,
} from "../upstream/stdlib.ts";
import { signAttestation } from "./attestations.ts";
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
  const { checkpointHeader, archive, feeAssetPriceModifier, signature } = proposal;
  const payload = new ConsensusPayload(checkpointHeader, archive, feeAssetPriceModifier);
  return new CheckpointAttestation(payload, signAttestation(payload, validator).signature, signature);
}

/**
 * Whether anybody could land a checkpoint with these attestations, on time or late: a quorum of the committee, the proposer's
 * own among it. Senders are recovered from the signatures, so strangers and duplicates do not count.
 */
export function isLandable(committee: SlotCommittee, attestations: readonly CheckpointAttestation[]): boolean {
  const senders = new Set(attestations.map((attestation) => attestation.getSender()?.toString()));
  const signed = committee.members.filter((address) => senders.has(EthAddress.fromString(address).toString()));
  return signed.length >= committee.quorum && signed.includes(committee.proposer);
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
