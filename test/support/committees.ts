import { getAddress, hashMessage, recoverAddress, size, slice, type Address, type Hex } from "viem";

import type { AttestationsAndSigners } from "../../harness/consensus/attestations.ts";
import { refusal, type Verdict } from "./verdict.ts";

const SIGNATURE_BYTES = 65;
const ADDRESS_BYTES = 20;
/** The largest s that OpenZeppelin accepts, half the order of secp256k1. */
const MAX_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

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

/**
 * What a late landing reads in attestations whose data is as long as the bitmap asks for, or longer: the committee that the
 * signatures prove, with addresses for those who did not sign, or what ECDSA says of the first signature that is none.
 */
export async function recoverCommittee(
  form: AttestationsAndSigners,
  members: number,
  digest: Hex,
): Promise<readonly Address[] | Exclude<Verdict, "accepted">> {
  const hash = hashMessage({ raw: digest });
  const bitmap = Buffer.from(form.attestations.signatureIndices.slice(2), "hex");
  const committee: Address[] = [];
  for (let index = 0; index < members; index++) {
    const data = slice(form.attestations.signaturesOrAddresses, dataOffset(form, index));
    if (!isSet(bitmap, index)) {
      committee.push(getAddress(slice(data, 0, ADDRESS_BYTES)));
      continue;
    }
    const [v, r, s] = [BigInt(slice(data, 0, 1)), slice(data, 1, 33), slice(data, 33, SIGNATURE_BYTES)];
    if (BigInt(s) > MAX_S) return refusal("ECDSAInvalidSignatureS", s);
    if (v !== 27n && v !== 28n) return refusal("ECDSAInvalidSignature");
    committee.push(await recoverAddress({ hash, signature: { r, s, v } }));
  }
  return committee;
}

/** Bytes that the bitmap asks for, and bytes that are there. */
export function dataSizes({ attestations }: AttestationsAndSigners, members: number): readonly [bigint, bigint] {
  const signatures = Number(countBits(attestations.signatureIndices));
  const expected = signatures * SIGNATURE_BYTES + (members - signatures) * ADDRESS_BYTES;
  return [BigInt(expected), BigInt(size(attestations.signaturesOrAddresses))];
}

/**
 * Bytes that a late landing reads the number of signatures off, before it looks at the bitmap: the next smaller size that some
 * number of signatures explains, and the size that there is.
 */
export function explainedSizes({ attestations }: AttestationsAndSigners, members: number): readonly [bigint, bigint] {
  const actual = size(attestations.signaturesOrAddresses);
  const surplus = SIGNATURE_BYTES - ADDRESS_BYTES;
  const signatures = Math.max(0, Math.floor((actual - members * ADDRESS_BYTES) / surplus));
  return [BigInt(members * ADDRESS_BYTES + signatures * surplus), BigInt(actual)];
}

function isSet(bitmap: Buffer, index: number): boolean {
  return (((bitmap[Math.floor(index / 8)] ?? 0) >> (7 - (index % 8))) & 1) === 1;
}
