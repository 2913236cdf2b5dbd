import { concatHex, hexToBigInt, numberToHex, size, slice, toHex, type Address, type Hex } from "viem";

import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { ADDRESS_BYTES, SIGNATURE_BYTES } from "../protocol/packing.ts";

/** `MemberSource` of `CompactProposer`. */
export const MemberSource = { given: 0, recovered: 1, stored: 2 } as const;
export type MemberSourceName = keyof typeof MemberSource;

/** A checkpoint as `CompactProposer`'s fallback reads it. @param members The committee, in order. */
export function encodeCompact(
  checkpoint: AttestedCheckpoint,
  members: readonly Address[],
  source: MemberSourceName,
): Hex {
  const { archive, oracleInput, header } = checkpoint.proposeArgs;
  const { signatureIndices, signaturesOrAddresses } = checkpoint.attestations;
  const bitmap = hexToBigInt(signatureIndices);
  const bits = BigInt(size(signatureIndices) * 8);
  const signatures: Hex[] = [];
  const absent: Address[] = [];
  let offset = 0;
  members.forEach((member, index) => {
    const isSignature = ((bitmap >> (bits - 1n - BigInt(index))) & 1n) === 1n;
    const length = isSignature ? SIGNATURE_BYTES : ADDRESS_BYTES;
    if (isSignature) signatures.push(slice(signaturesOrAddresses, offset, offset + length));
    else absent.push(member);
    offset += length;
  });
  const addresses = { given: members, recovered: absent, stored: [] }[source];
  return concatHex([
    numberToHex(MemberSource[source], { size: 1 }),
    archive,
    header.lastArchiveRoot,
    header.blockHeadersHash,
    header.blobsHash,
    header.inHash,
    header.outHash,
    header.feeRecipient,
    checkpoint.signature.r,
    checkpoint.signature.s,
    numberToHex(checkpoint.signature.v, { size: 1 }),
    header.coinbase,
    toHex(header.slotNumber, { size: 4 }),
    toHex(header.timestamp, { size: 5 }),
    numberToHex(oracleInput.feeAssetPriceModifier, { size: 2, signed: true }),
    toHex(header.gasFees.feePerL2Gas, { size: 16 }),
    toHex(header.totalManaUsed, { size: 8 }),
    numberToHex(members.length, { size: 1 }),
    signatureIndices,
    ...signatures,
    ...addresses,
    checkpoint.blobInput,
  ]);
}
