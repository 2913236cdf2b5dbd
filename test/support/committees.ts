import {
  encodeAbiParameters,
  getAddress,
  hashMessage,
  keccak256,
  recoverAddress,
  size,
  slice,
  type Address,
  type Hex,
} from "viem";

import type { AttestationsAndSigners } from "../../harness/consensus/attestations.ts";
import type { ViemSignature } from "../../harness/upstream/foundation.ts";
import { CommitteeAttestation } from "../../harness/upstream/stdlib.ts";

const SIGNATURE_BYTES = 65;
const ADDRESS_BYTES = 20;

/** Set bits of a bitmap, those past the committee included. */
export function countBits(bitmap: Hex): bigint {
  const bits = [...Buffer.from(bitmap.slice(2), "hex")].map((byte) => byte.toString(2).replaceAll("0", "").length);
  return BigInt(bits.reduce((sum, count) => sum + count, 0));
}

/** Where a member's signature or address begins. */
export function dataOffset({ attestations }: AttestationsAndSigners, index: number): number {
  const bitmap = Buffer.from(attestations.signatureIndices.slice(2), "hex");
  let offset = 0;
  for (let before = 0; before < index; before++) offset += isSet(bitmap, before) ? SIGNATURE_BYTES : ADDRESS_BYTES;
  return offset;
}

/** The committee that a form claims: signers for set bits, addresses for clear ones, read where the bitmap says. */
export function claimedCommittee(form: AttestationsAndSigners, members: number): Address[] {
  const bitmap = Buffer.from(form.attestations.signatureIndices.slice(2), "hex");
  const waiting = [...form.signers];
  return Array.from({ length: members }, (_, index) => {
    if (isSet(bitmap, index)) return waiting.shift() as Address;
    const start = dataOffset(form, index);
    return getAddress(slice(form.attestations.signaturesOrAddresses, start, start + ADDRESS_BYTES));
  });
}

/** The committee that the signatures of a form prove: who really signed the digest, and addresses for the others. */
export function provenCommittee(
  { attestations }: AttestationsAndSigners,
  members: number,
  digest: Hex,
): Promise<readonly Address[]> {
  const hash = hashMessage({ raw: digest });
  return Promise.all(
    CommitteeAttestation.fromPacked(attestations, members).map(async ({ address, signature }) =>
      signature.isEmpty() ? getAddress(address.toString()) : recoverAddress({ hash, signature: signature.toString() }),
    ),
  );
}

/** Whom upstream takes for the author of a signature over (attestations, signers). */
export function recoverSecondSignature(
  { attestations, signers }: AttestationsAndSigners,
  { v, r, s }: ViemSignature,
): Promise<Address> {
  const digest = keccak256(
    encodeAbiParameters(
      [{ type: "uint8" }, { type: "tuple", components: [{ type: "bytes" }, { type: "bytes" }] }, { type: "address[]" }],
      // The domain is `SignatureDomainSeparator.attestationsAndSigners`.
      [2, [attestations.signatureIndices, attestations.signaturesOrAddresses], signers],
    ),
  );
  return recoverAddress({ hash: hashMessage({ raw: digest }), signature: { r, s, v: BigInt(v) } });
}

/** Bytes that the bitmap asks for, and bytes that are there. */
export function dataSizes({ attestations }: AttestationsAndSigners, members: number): readonly [bigint, bigint] {
  const signatures = Number(countBits(attestations.signatureIndices));
  const expected = signatures * SIGNATURE_BYTES + (members - signatures) * ADDRESS_BYTES;
  return [BigInt(expected), BigInt(size(attestations.signaturesOrAddresses))];
}

function isSet(bitmap: Buffer, index: number): boolean {
  return (((bitmap[Math.floor(index / 8)] ?? 0) >> (7 - (index % 8))) & 1) === 1;
}
