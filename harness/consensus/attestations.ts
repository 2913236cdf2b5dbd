import { getAddress, type Address } from "viem";

import { EthAddress, type Secp256k1Signer, type ViemSignature } from "../upstream/foundation.ts";
import type { PackedAttestations } from "../upstream/propose.ts";
import {
  CommitteeAttestation,
  CommitteeAttestationsAndSigners,
  getHashedSignaturePayloadEthSignedMessage,
  SignatureDomainSeparator,
  type ConsensusPayload,
  type Signable,
} from "../upstream/stdlib.ts";

/**
 * Attestations as `propose` takes them: one bit per committee member, then a signature (v, r, s) for a set bit and an address
 * for a clear one, in committee order; and the addresses of those who signed.
 */
export interface AttestationsAndSigners {
  readonly attestations: PackedAttestations;
  readonly signers: readonly Address[];
}

/** A validator's attestation to a payload. */
export function signAttestation(payload: ConsensusPayload, signer: Secp256k1Signer): CommitteeAttestation {
  const signature = sign(payload, SignatureDomainSeparator.checkpointAttestation, signer);
  return CommitteeAttestation.fromAddressAndSignature(signer.address, signature);
}

/** Puts what was signed into committee order and packs it. Members that did not sign appear with their address. */
export function packAttestations(
  members: readonly Address[],
  signed: readonly CommitteeAttestation[],
): AttestationsAndSigners {
  const ordered = members.map((address) => {
    const member = EthAddress.fromString(address);
    return signed.find((attestation) => attestation.address.equals(member)) ?? CommitteeAttestation.fromAddress(member);
  });
  const packed = new CommitteeAttestationsAndSigners(ordered);
  return {
    attestations: packed.getPackedAttestations(),
    signers: packed.getSigners().map((signer) => getAddress(signer.toString())),
  };
}

/**
 * The proposer's second signature, over the packed attestations and the signers. It exists in the proposer's own L1
 * transaction only, and vouches for any bytes: malformed ones can be signed as well.
 */
export function signAttestationsAndSigners(packed: AttestationsAndSigners, proposer: Secp256k1Signer): ViemSignature {
  const signature = sign(new PackedForm(packed), SignatureDomainSeparator.attestationsAndSigners, proposer);
  return signature.toViemSignature();
}

function sign(message: Signable, domain: SignatureDomainSeparator, signer: Secp256k1Signer) {
  return signer.sign(getHashedSignaturePayloadEthSignedMessage(message, domain));
}

/** Lends upstream's encoding of the preimage to a form that is packed already. */
class PackedForm extends CommitteeAttestationsAndSigners {
  readonly #form: AttestationsAndSigners;

  constructor(form: AttestationsAndSigners) {
    super([]);
    this.#form = form;
  }

  override getPackedAttestations() {
    return this.#form.attestations;
  }

  override getSigners() {
    return this.#form.signers.map((signer) => EthAddress.fromString(signer));
  }
}
