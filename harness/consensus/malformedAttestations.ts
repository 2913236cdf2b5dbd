import { concatHex, size, slice, type Address, type Hex } from "viem";

import { EthAddress, flipSignature } from "../upstream/foundation.ts";
import { CommitteeAttestation, CommitteeAttestationsAndSigners } from "../upstream/stdlib.ts";
import type { AttestationsAndSigners } from "./attestations.ts";

// Each function takes a well-formed form and returns it with one fault. `index` is a position in the committee.

export type PackedField = keyof AttestationsAndSigners["attestations"];

/** One of the two byte strings lacks its last byte. */
export function withoutLastByte(form: AttestationsAndSigners, field: PackedField): AttestationsAndSigners {
  return withField(form, field, slice(form.attestations[field], 0, size(form.attestations[field]) - 1));
}

/** One of the two byte strings has bytes at its end that mean nothing. */
export function withExtraBytes(
  form: AttestationsAndSigners,
  field: PackedField,
  extra: Hex = "0x00",
): AttestationsAndSigners {
  return withField(form, field, concatHex([form.attestations[field], extra]));
}

/** The bitmap says the opposite about one member; the data stays. */
export function withFlippedBit(form: AttestationsAndSigners, index: number): AttestationsAndSigners {
  const bitmap = Buffer.from(form.attestations.signatureIndices.slice(2), "hex");
  const byte = Math.floor(index / 8);
  bitmap.writeUInt8(bitmap.readUInt8(byte) ^ (1 << (7 - (index % 8))), byte);
  return withField(form, "signatureIndices", `0x${bitmap.toString("hex")}`);
}

/** The last signer is missing from the list. */
export function withoutLastSigner(form: AttestationsAndSigners): AttestationsAndSigners {
  return { ...form, signers: form.signers.slice(0, -1) };
}

/** The list has a signer too many. */
export function withExtraSigner(form: AttestationsAndSigners, signer: Address): AttestationsAndSigners {
  return { ...form, signers: [...form.signers, signer] };
}

/** The list names somebody else for one of the signatures. `position` counts signers, not members. */
export function withOtherSigner(
  form: AttestationsAndSigners,
  position: number,
  signer: Address,
): AttestationsAndSigners {
  return { ...form, signers: form.signers.map((original, index) => (index === position ? signer : original)) };
}

/** A member that did not sign is replaced: another committee. */
export function withOtherMember(
  form: AttestationsAndSigners,
  committeeSize: number,
  index: number,
  stranger: Address,
): AttestationsAndSigners {
  return edit(form, committeeSize, index, () => CommitteeAttestation.fromAddress(EthAddress.fromString(stranger)));
}

/**
 * A member's attestation is withheld: the form stays well formed and names the member by address. Takes the proposer's own
 * attestation away, or, applied often enough, the quorum.
 */
export function withoutAttestation(
  form: AttestationsAndSigners,
  committeeSize: number,
  index: number,
  member: Address,
): AttestationsAndSigners {
  return {
    ...edit(form, committeeSize, index, () => CommitteeAttestation.fromAddress(EthAddress.fromString(member))),
    signers: form.signers.filter((signer) => signer !== member),
  };
}

/** A signature's other representation (high s): the same key and message, refused by OpenZeppelin's recovery. */
export function withHighS(form: AttestationsAndSigners, committeeSize: number, index: number): AttestationsAndSigners {
  return edit(form, committeeSize, index, ({ address, signature }) =>
    CommitteeAttestation.fromAddressAndSignature(address, flipSignature(signature)),
  );
}

/** One member's signature is replaced by another's: well formed, recoverable, and of the wrong person. */
export function withSignatureOf(
  form: AttestationsAndSigners,
  committeeSize: number,
  index: number,
  attestation: CommitteeAttestation,
): AttestationsAndSigners {
  return edit(form, committeeSize, index, () => attestation);
}

function withField(form: AttestationsAndSigners, field: PackedField, value: Hex): AttestationsAndSigners {
  return { ...form, attestations: { ...form.attestations, [field]: value } };
}

function edit(
  form: AttestationsAndSigners,
  committeeSize: number,
  index: number,
  change: (attestation: CommitteeAttestation) => CommitteeAttestation,
): AttestationsAndSigners {
  const unpacked = CommitteeAttestation.fromPacked(form.attestations, committeeSize);
  const changed = unpacked.map((attestation, position) => (position === index ? change(attestation) : attestation));
  return { ...form, attestations: new CommitteeAttestationsAndSigners(changed).getPackedAttestations() };
}
