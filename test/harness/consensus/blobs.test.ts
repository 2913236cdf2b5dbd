import { expect } from "chai";
import { concatHex, hexToBytes, sha256, size, slice, toHex, type Hex } from "viem";

import { makeBlobs, makeSidecars, proveCells } from "../../../harness/consensus/blobs.ts";
import { executeSynthetically } from "../../../harness/consensus/syntheticExecution.ts";
import { decodeCheckpointBlobDataFromBlobs, getKzg, type Blob } from "../../../harness/upstream/blobLib.ts";
import { field } from "../../support/syntheticCommittee.ts";

const EXECUTION = {
  seed: "blobs",
  number: 3n,
  slot: 7n,
  timestamp: 1_760_000_504n,
  parentArchive: field(1),
  manaUsed: 100_000_000n,
  blobCount: 1,
};

const versionedHash = (commitment: Hex) => concatHex(["0x01", slice(sha256(commitment), 1)]);

describe("A checkpoint's blobs", () => {
  for (const blobCount of [1, 2, 6]) {
    it(`are ${blobCount} when asked for, with the header's hash and the commitments that propose checks`, async () => {
      const { blobs, blobsHash, blobInput } = await makeBlobs(
        executeSynthetically({ ...EXECUTION, blobCount }).blobFields,
      );
      expect(blobs.length).to.equal(blobCount);
      const commitments = blobs.map(({ commitment }) => toHex(commitment));
      expect(blobInput).to.equal(concatHex([toHex(blobCount, { size: 1 }), ...commitments]));
      const hashOfHashes = sha256(concatHex(commitments.map(versionedHash)));
      expect(blobsHash).to.equal(toHex(BigInt(hashOfHashes) >> 8n, { size: 32 }));
    });
  }

  it("are read back by upstream's decoder", async () => {
    const { blobs } = await makeBlobs(executeSynthetically({ ...EXECUTION, blobCount: 2 }).blobFields);
    const { blocks } = decodeCheckpointBlobDataFromBlobs([...blobs]);
    expect(blocks.length).to.equal(1);
    expect(blocks[0]?.lastArchiveRoot.toString()).to.equal(EXECUTION.parentArchive);
    expect(blocks[0]?.blockEndStateField.totalManaUsed, "mana").to.equal(EXECUTION.manaUsed);
  });

  it("differ with every part of the content, as the archive does", () => {
    const variants = [
      EXECUTION,
      { ...EXECUTION, seed: "other" },
      { ...EXECUTION, slot: 8n },
      { ...EXECUTION, number: 4n },
      { ...EXECUTION, parentArchive: field(2) },
      { ...EXECUTION, manaUsed: 1n },
    ].map(executeSynthetically);
    expect(new Set(variants.map(({ archive }) => archive)).size, "archives").to.equal(variants.length);
    expect(executeSynthetically({ ...EXECUTION }), "the same content").to.deep.equal(variants[0]);
  });
});

describe("A blob's sidecar", () => {
  let blob: Blob;

  before(async () => {
    const { blobs } = await makeBlobs(executeSynthetically(EXECUTION).blobFields);
    blob = blobs[0] as Blob;
  });

  it("has a proof of the whole blob", () => {
    const [sidecar] = makeSidecars([blob], "blob-proofs");
    expect(sidecar?.cellProofs, "not wanted, not computed").to.equal(undefined);
    const { data, commitment } = blob;
    const proof = hexToBytes(sidecar?.proof ?? "0x");
    expect(getKzg().verifyBlobKzgProof(data, commitment, proof)).to.equal(true);
    expect(getKzg().verifyBlobKzgProof(data, commitment, commitment), "another point").to.equal(false);
  });

  it("has 128 valid cell proofs for a node that wants them", () => {
    const [sidecar] = makeSidecars([blob], "cell-proofs");
    const proofs = sidecar?.cellProofs ?? [];
    expect(proofs.length).to.equal(128);
    const cells = getKzg().computeCells(blob.data);
    const verify = (candidates: readonly Hex[]) =>
      getKzg().verifyCellKzgProofBatch(
        cells.map(() => blob.commitment),
        cells.map((_cell, index) => BigInt(index)),
        cells,
        candidates.map((proof) => hexToBytes(proof)),
      );
    expect(verify(proofs)).to.equal(true);
    expect(verify([...proofs].reverse()), "proofs of other cells").to.equal(false);
  });

  it("is computed once for a blob that is sent again", () => {
    const once = makeSidecars([blob], "cell-proofs")[0]?.cellProofs;
    expect(makeSidecars([blob], "cell-proofs")[0]?.cellProofs).to.equal(once);
    expect(proveCells(blob)).to.deep.equal(once);
    expect(size(once?.[0] ?? "0x"), "bytes of a proof").to.equal(48);
  });
});
