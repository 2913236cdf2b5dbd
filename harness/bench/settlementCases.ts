import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { requireLanded } from "../world/world.ts";
import type { BenchContext } from "./benchContext.ts";
import { makeRecord } from "./record/benchRecord.ts";
import { expectSuccess } from "./expectations.ts";
import { measureTransaction } from "./measurement.ts";

/** Late slots, and checkpoints that the proof covers. */
const SHORT_RUNS = [
  { late: 0, checkpoints: 8 },
  { late: 1, checkpoints: 8 },
  { late: 4, checkpoints: 8 },
];
const LONG_RUN = { late: 31, checkpoints: 32 };

/**
 * Epoch proofs over late checkpoints, from the first slot of an epoch on, on the extended side. Late slots come first; the first
 * on-time one lands after them in its own slot.
 */
export async function measureSettlement(context: BenchContext, firstSlot: bigint, isLong: boolean): Promise<void> {
  const { twin, circumstances, add, wants, progress } = context;
  if (twin.committeeSize === 0 || !wants("settlement")) return;
  const { extended: side, rescuer, prover } = twin;
  for (const { late, checkpoints } of isLong ? [LONG_RUN] : SHORT_RUNS) {
    const restore = await twin.snapshot();
    const landed: AttestedCheckpoint[] = [];
    for (let index = 0; index < checkpoints; index++) {
      progress(`settlement, ${late} late slots, ${index + 1} of ${checkpoints}`);
      const slot = firstSlot + BigInt(index);
      const checkpoint = await twin.build(slot);
      if (index < late) await side.landLate(checkpoint, { from: rescuer });
      else requireLanded(await side.land(checkpoint, { timestamp: side.at(slot, 24n) }));
      landed.push(checkpoint);
    }
    const measured = expectSuccess(await measureTransaction(side, await side.prove(landed, prover)), "settlement");
    await restore();
    add(
      makeRecord(
        {
          ...circumstances,
          case: "settlement",
          parts: [`checkpoints${checkpoints}`, `late${late}`],
          variant: `${checkpoints} checkpoints, ${late} of them late`,
          signatures: landed.at(-1)?.signers.length ?? 0,
          blobs: 0,
        },
        measured,
      ),
    );
  }
}
