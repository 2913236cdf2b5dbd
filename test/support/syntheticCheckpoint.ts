import { makeBlobs } from "../../harness/consensus/blobs.ts";
import type { Checkpoint } from "../../harness/consensus/checkpoint.ts";
import { executeSynthetically } from "../../harness/consensus/syntheticExecution.ts";
import { computePayloadDigest, makePayload } from "../../harness/upstream/digests.ts";
import { makeHeader } from "../../harness/upstream/header.ts";
import { field } from "./syntheticCommittee.ts";

const FEE_HEADER = { excessMana: 0n, manaUsed: 0n, ethPerFeeAsset: 100n, congestionCost: 0n, proverCost: 0n };

/** A checkpoint of slot 7 on a parent that no rollup has. */
export async function makeCheckpoint(seed = "synthetic"): Promise<Checkpoint> {
  const number = 1n;
  const slot = 7n;
  const parentArchive = field(1);
  const { archive, blobFields } = executeSynthetically({
    seed,
    number,
    slot,
    timestamp: 0n,
    parentArchive,
    manaUsed: 0n,
    blobCount: 1,
  });
  const blobs = await makeBlobs(blobFields);
  const header = makeHeader({ slotNumber: slot, lastArchiveRoot: parentArchive, blobsHash: blobs.blobsHash });
  const payload = makePayload(header, archive, 5n);
  return {
    ...blobs,
    number,
    slot,
    epoch: 0n,
    parent: { number: 0n, slot: 0n, archive: parentArchive, feeHeader: FEE_HEADER },
    archive,
    feeHeader: FEE_HEADER,
    header,
    payload,
    digest: computePayloadDigest(payload),
    proposeArgs: { archive, oracleInput: { feeAssetPriceModifier: 5n }, header: header.toViem() },
    isInHashFinal: true,
  };
}
