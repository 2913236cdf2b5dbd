import { expect } from "chai";
import {
  encodeAbiParameters,
  keccak256,
  parseAbiParameters,
  recoverMessageAddress,
  serializeSignature,
  size,
  slice,
} from "viem";

import {
  packAttestations,
  signAttestation,
  signAttestationsAndSigners,
} from "../../../harness/consensus/attestations.ts";
import { selectQuorum } from "../../../harness/consensus/slotCommittee.ts";
import { computePayloadDigest, makePayload } from "../../../harness/upstream/digests.ts";
import { makeHeader } from "../../../harness/upstream/header.ts";
import { CommitteeAttestation } from "../../../harness/upstream/stdlib.ts";
import { signerOf } from "../../support/signerOf.ts";
import { field, makeCommittee } from "../../support/syntheticCommittee.ts";

describe("Packed attestations", () => {
  const payload = makePayload(makeHeader({ slotNumber: 7n }), field(8), 0n);
  const committee = makeCommittee();
  const quorum = selectQuorum(committee);
  // Gossip delivers in any order.
  const signed = quorum.map((member) => signAttestation(payload, signerOf(committee.keys, member))).reverse();
  const packed = packAttestations(committee.members, signed);
  const { signatureIndices, signaturesOrAddresses } = packed.attestations;

  it("sign the payload's digest, as an Ethereum signed message", async () => {
    const { members, keys } = makeCommittee({ size: 4, proposerIndex: 0 });
    for (const member of members) {
      const { r, s, v } = signAttestation(payload, signerOf(keys, member)).signature.toViemSignature();
      const signature = serializeSignature({ r, s, yParity: v - 27 });
      const raw = computePayloadDigest(payload);
      expect(await recoverMessageAddress({ message: { raw }, signature })).to.equal(member);
    }
  });

  it("have a bit per member, a signature for a set one and an address for a clear one, in committee order", () => {
    expect(size(signatureIndices), "bytes of the bitmap").to.equal(6);
    expect(size(signaturesOrAddresses), "bytes of the data").to.equal(33 * 65 + 15 * 20);
    const bitmap = BigInt(signatureIndices);
    let offset = 0;
    for (const [index, member] of committee.members.entries()) {
      const isSigner = quorum.includes(member);
      expect((bitmap >> BigInt(47 - index)) & 1n, `bit ${index}`).to.equal(isSigner ? 1n : 0n);
      const entry = slice(signaturesOrAddresses, offset, offset + (isSigner ? 65 : 20));
      offset += size(entry);
      if (!isSigner) expect(entry, `member ${index}`).to.equal(member.toLowerCase());
      else expect(Number(slice(entry, 0, 1)), `v of member ${index}`).to.be.oneOf([27, 28]);
    }
  });

  it("name the signers in committee order", () => {
    expect(packed.signers).to.deep.equal(quorum);
  });

  it("are read back by upstream's decoder", () => {
    const unpacked = CommitteeAttestation.fromPacked(packed.attestations, 48);
    const missing = unpacked.filter(({ signature }) => signature.isEmpty());
    expect(missing.length).to.equal(15);
  });

  it("are vouched for by the proposer's signature over L1's preimage", async () => {
    const { r, s, v } = signAttestationsAndSigners(packed, signerOf(committee.keys, committee.proposer));
    const attestationsAndSignersDomain = 2;
    const raw = keccak256(
      encodeAbiParameters(parseAbiParameters("uint8, (bytes, bytes), address[]"), [
        attestationsAndSignersDomain,
        [signatureIndices, signaturesOrAddresses],
        packed.signers,
      ]),
    );
    const signature = serializeSignature({ r, s, yParity: v - 27 });
    expect(await recoverMessageAddress({ message: { raw }, signature })).to.equal(committee.proposer);
  });

  it("are the same bytes in every run", () => {
    const again = quorum.map((member) => signAttestation(payload, signerOf(committee.keys, member)));
    expect(packAttestations(committee.members, again)).to.deep.equal(packed);
  });
});
