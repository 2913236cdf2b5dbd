import type { Validator } from "../network/validator.ts";
import { Buffer32, EthAddress, Secp256k1Signer } from "../upstream/foundation.ts";
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
export function signProposal({ header, payload }: Checkpoint, proposer: Validator): Promise<CheckpointProposal> {
  const signer = new Secp256k1Signer(Buffer32.fromString(proposer.privateKey));
  const sign = (message: Buffer32) => Promise.resolve(signer.signMessage(message));
  const { archive, feeAssetPriceModifier } = payload;
  return CheckpointProposal.createProposalFromSigner(header, archive, feeAssetPriceModifier, undefined, sign);
}

/** A validator's message on `checkpoint_attestation`, in answer to a proposal. */
export function attestToProposal(proposal: CheckpointProposal, validator: Validator): CheckpointAttestation {
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
  const signed = committee.members.filter(({ address }) => senders.has(EthAddress.fromString(address).toString()));
  return signed.length >= committee.quorum && signed.includes(committee.proposer);
}

/** What a publisher makes of them, as upstream's does: no more than the quorum, the proposer's first, in committee order. */
export function collectQuorum(
  committee: SlotCommittee,
  attestations: readonly CheckpointAttestation[],
): CommitteeAttestation[] {
  const proposer = EthAddress.fromString(committee.proposer.address);
  const kept = trimAttestations([...attestations], committee.quorum, proposer, []);
  return orderAttestations(
    kept,
    committee.members.map(({ address }) => EthAddress.fromString(address)),
  );
}
