import { expect } from "chai";
import { encodeAbiParameters, encodePacked, keccak256, parseAbiParameters, sha256, toHex, type Hex } from "viem";

import { computePayloadDigest, makePayload } from "../../../harness/upstream/digests.ts";
import { Fr } from "../../../harness/upstream/foundation.ts";
import { EMPTY_OUT_HASH, makeHeader, type HeaderFields } from "../../../harness/upstream/header.ts";
import { accumulateCheckpointOutHashes } from "../../../harness/upstream/stdlib.ts";
import { field } from "../../support/syntheticCommittee.ts";

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
});
