import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { proveBlobsOfEpoch } from "../consensus/epochProof.ts";
import type { BenchContext } from "./benchContext.ts";
import { makeRecord } from "./benchRecord.ts";
import { submitProof } from "./epochCases.ts";
import { expectSuccess } from "./expectations.ts";
import { landAlone, landLate } from "./lateCases.ts";
import { measureTransaction } from "./measurement.ts";

/** Late slots, and checkpoints that the proof covers. */
const SHORT_RUNS = [
  { late: 0, checkpoints: 8 },
  { late: 1, checkpoints: 8 },
  { late: 4, checkpoints: 8 },
];
const LONG_RUN = { late: 31, checkpoints: 32 };

/**
 * Epoch proofs over late checkpoints, from the first slot of an epoch on, on the extended lane. Late slots come first; the first
 * on-time one lands after them in its own slot.
 */
export async function measureSettlement(context: BenchContext, firstSlot: bigint, isLong: boolean): Promise<void> {
  const { pair, hardfork, add, wants, progress } = context;
  if (pair.committeeSize === 0 || !wants("settlement")) return;
  const lane = pair.buildAhead;
  for (const { late, checkpoints } of isLong ? [LONG_RUN] : SHORT_RUNS) {
    const restore = await pair.snapshot();
    const landed: AttestedCheckpoint[] = [];
    for (let index = 0; index < checkpoints; index++) {
      progress(`settlement, ${late} late slots, ${index + 1} of ${checkpoints}`);
      const slot = firstSlot + BigInt(index);
      const checkpoint = await pair.build(slot);
      if (index < late) await landLate(pair, checkpoint);
      else await landAlone(pair, checkpoint, pair.slotStart(slot) + 24n);
      landed.push(checkpoint);
    }
    const receipt = await submitProof(lane, landed, pair.prover, await proveBlobsOfEpoch(landed));
    const measured = expectSuccess(await measureTransaction(lane.chain, receipt), "settlement");
    await restore();
    add(
      makeRecord(
        {
          hardfork,
          case: "settlement",
          variant: `${checkpoints} checkpoints, ${late} of them late`,
          committee: pair.committeeSize,
          signatures: landed.at(-1)?.signers.length ?? 0,
          blobs: 0,
        },
        measured,
      ),
    );
  }
}
