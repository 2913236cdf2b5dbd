import { zeroHash, type Hex } from "viem";

import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { makeBlobs, type CheckpointBlobs } from "../consensus/blobs.ts";
import { batchBlobs } from "../consensus/epochProof.ts";
import { executeSynthetically } from "../consensus/syntheticExecution.ts";
import { getEthBlobEvaluationInputs } from "../upstream/blobLib.ts";

/**
 * A few real blobs for many checkpoints: which one a checkpoint carries follows from its place in its epoch, so that few
 * different runs ever have to be opened together. Commitments and openings are computed once.
 */
export class BlobPool {
  readonly #rows: readonly (readonly CheckpointBlobs[])[];
  readonly #openings = new Map<string, Promise<Hex>>();

  private constructor(rows: readonly (readonly CheckpointBlobs[])[]) {
    this.#rows = rows;
  }

  /**
   * @param variants Rows of data; an epoch uses one
   * @param length Checkpoints that an epoch can have
   */
  static async create(variants: number, length: number): Promise<BlobPool> {
    const rows: CheckpointBlobs[][] = [];
    for (let variant = 0; variant < variants; variant++) {
      const row: CheckpointBlobs[] = [];
      for (let place = 0; place < length; place++) {
        const { blobFields } = executeSynthetically({
          seed: `pool ${variant}`,
          number: BigInt(place + 1),
          slot: BigInt(place + 1),
          timestamp: 0n,
          parentArchive: zeroHash,
          manaUsed: 0n,
          // Somewhere a checkpoint with two blobs.
          blobCount: place === 1 && variant === 1 ? 2 : 1,
        });
        row.push(await makeBlobs(blobFields));
      }
      rows.push(row);
    }
    return new BlobPool(rows);
  }

  at(epoch: bigint, place: number): CheckpointBlobs {
    const row = this.#rows[Number(epoch % BigInt(this.#rows.length))];
    const blobs = row?.[place % row.length];
    if (blobs === undefined) throw new RangeError("The pool has no blobs");
    return blobs;
  }

  /** The opening of all blobs of a run of checkpoints. */
  open(checkpoints: readonly AttestedCheckpoint[]): Promise<Hex> {
    const key = checkpoints.map(({ blobInput }) => blobInput).join();
    const known = this.#openings.get(key) ?? batchBlobs(checkpoints).then(getEthBlobEvaluationInputs);
    this.#openings.set(key, known);
    return known;
  }
}
