import { expect } from "chai";
import {
  encodeAbiParameters,
  encodePacked,
  keccak256,
  parseAbiParameters,
  recoverMessageAddress,
  serializeSignature,
  sha256,
  size,
  slice,
  toHex,
  type Hex,
} from "viem";

import { packAttestations, signAttestation, signAttestationsAndSigners } from "../../harness/consensus/attestations.ts";
import { selectQuorum } from "../../harness/consensus/slotCommittee.ts";
import { computePayloadDigest, makePayload } from "../../harness/upstream/digests.ts";
import { Fr } from "../../harness/upstream/foundation.ts";
import { EMPTY_OUT_HASH, makeHeader, type HeaderFields } from "../../harness/upstream/header.ts";
import { accumulateCheckpointOutHashes, CommitteeAttestation } from "../../harness/upstream/stdlib.ts";
import { field, makeCommittee } from "./syntheticCommittee.ts";

const HEADER = {
  lastArchiveRoot: field(1),
  blockHeadersHash: field(2),
  blobsHash: field(3),
  inHash: field(4),
  outHash: field(5),
  slotNumber: 7n,
  timestamp: 1_760_000_504n,
  coinbase: "0x00000000000000000000000000000000000000C0",
  feeRecipient: field(6),
  gasFees: { feePerDaGas: 0n, feePerL2Gas: 412_510_100_000n },
  totalManaUsed: 100_000_000n,
} satisfies HeaderFields;
const ARCHIVE = field(8);

/** `Hash.sha256ToField`: the digest without its last byte, as a number. */
const sha256ToField = (data: Hex) => toHex(BigInt(sha256(data)) >> 8n, { size: 32 });

/** `ProposedHeaderLib.hash`, written out independently of upstream's TypeScript. */
function hashHeaderAsSolidity(header: HeaderFields): Hex {
  return sha256ToField(
    encodePacked(
      [
        "bytes32",
        "bytes32",
        "bytes32",
        "bytes32",
        "bytes32",
        "uint256",
        "uint64",
        "address",
        "bytes32",
        "uint128",
        "uint128",
        "uint256",
      ],
      [
        header.lastArchiveRoot,
        header.blockHeadersHash,
        header.blobsHash,
        header.inHash,
        header.outHash,
        header.slotNumber,
        header.timestamp,
        header.coinbase,
        header.feeRecipient,
        header.gasFees.feePerDaGas,
        header.gasFees.feePerL2Gas,
        header.totalManaUsed,
      ],
    ),
  );
}

/** `ProposeLib.digest`, likewise. */
function digestAsSolidity(archive: Hex, feeAssetPriceModifier: bigint, headerHash: Hex): Hex {
  const attestationDomain = 1;
  return keccak256(
    encodeAbiParameters(parseAbiParameters("uint8, (bytes32, (int256), bytes32)"), [
      attestationDomain,
      [archive, [feeAssetPriceModifier], headerHash],
    ]),
  );
}

describe("A checkpoint header", () => {
  it("survives the way into the propose struct", () => {
    expect(makeHeader(HEADER).toViem()).to.deep.equal({ ...HEADER, coinbase: HEADER.coinbase.toLowerCase() });
  });

  it("has the hash that L1 computes", () => {
    expect(makeHeader(HEADER).hash().toString()).to.equal(hashHeaderAsSolidity(HEADER));
  });

  it("states only its deviation from a header without messages and fees", () => {
    const header = makeHeader({ slotNumber: 9n }).toViem();
    expect(header.slotNumber, "slot").to.equal(9n);
    expect(header.outHash, "out hash").to.equal(EMPTY_OUT_HASH);
    expect(header.gasFees.feePerDaGas, "DA fee").to.equal(0n);
  });

  it("uses the out hash of an epoch in which no checkpoint sent a message", () => {
    expect(accumulateCheckpointOutHashes([Fr.ZERO, Fr.ZERO]).toString()).to.equal(EMPTY_OUT_HASH);
  });
});

describe("The attestation digest", () => {
  for (const modifier of [0n, 100n, -100n]) {
    it(`is L1's payload digest with a fee asset price modifier of ${modifier.toString()} basis points`, () => {
      const payload = makePayload(makeHeader(HEADER), ARCHIVE, modifier);
      expect(computePayloadDigest(payload)).to.equal(digestAsSolidity(ARCHIVE, modifier, hashHeaderAsSolidity(HEADER)));
    });
  }

  it("is what an attestation signs, as an Ethereum signed message", async () => {
    const payload = makePayload(makeHeader(HEADER), ARCHIVE, 0n);
    const { members } = makeCommittee({ size: 4, proposerIndex: 0 });
    for (const member of members) {
      const { r, s, v } = signAttestation(payload, member).signature.toViemSignature();
      const signature = serializeSignature({ r, s, yParity: v - 27 });
      const raw = computePayloadDigest(payload);
      expect(await recoverMessageAddress({ message: { raw }, signature })).to.equal(member.address);
    }
  });
});

describe("A quorum", () => {
  it("always has the proposer in it, in committee order", () => {
    for (const proposerIndex of [0, 20, 32, 33, 47]) {
      const committee = makeCommittee({ proposerIndex });
      const quorum = selectQuorum(committee);
      expect(quorum.length, "attestations").to.equal(33);
      expect(quorum, "the proposer").to.include(committee.proposer);
      const positions = quorum.map((member) => committee.members.indexOf(member));
      expect(positions).to.deep.equal([...positions].sort((a, b) => a - b));
    }
  });
});

describe("Packed attestations", () => {
  const payload = makePayload(makeHeader(HEADER), ARCHIVE, 0n);
  const committee = makeCommittee();
  const quorum = selectQuorum(committee);
  // Gossip delivers in any order.
  const signed = quorum.map((validator) => signAttestation(payload, validator)).reverse();
  const packed = packAttestations(committee.members, signed);
  const { signatureIndices, signaturesOrAddresses } = packed.attestations;

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
      if (!isSigner) expect(entry, `member ${index}`).to.equal(member.address.toLowerCase());
      else expect(Number(slice(entry, 0, 1)), `v of member ${index}`).to.be.oneOf([27, 28]);
    }
  });

  it("name the signers in committee order", () => {
    expect(packed.signers).to.deep.equal(quorum.map(({ address }) => address));
  });

  it("are read back by upstream's decoder", () => {
    const unpacked = CommitteeAttestation.fromPacked(packed.attestations, 48);
    const missing = unpacked.filter(({ signature }) => signature.isEmpty());
    expect(missing.length).to.equal(15);
  });

  it("are vouched for by the proposer's signature over L1's preimage", async () => {
    const { r, s, v } = signAttestationsAndSigners(packed, committee.proposer);
    const attestationsAndSignersDomain = 2;
    const raw = keccak256(
      encodeAbiParameters(parseAbiParameters("uint8, (bytes, bytes), address[]"), [
        attestationsAndSignersDomain,
        [signatureIndices, signaturesOrAddresses],
        packed.signers,
      ]),
    );
    const signature = serializeSignature({ r, s, yParity: v - 27 });
    expect(await recoverMessageAddress({ message: { raw }, signature })).to.equal(committee.proposer.address);
  });

  it("are the same bytes in every run", () => {
    const again = quorum.map((validator) => signAttestation(payload, validator));
    expect(packAttestations(committee.members, again)).to.deep.equal(packed);
  });
});
