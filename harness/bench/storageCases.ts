import type { Hex } from "viem";

import type { LanePair } from "./lanePair.ts";
import { landLate } from "./lateCases.ts";
import type { Lane } from "./openLane.ts";
import type { Ring } from "./ring.ts";
import { readFootprint, type StorageRecord } from "./storageFootprint.ts";

/** Which storage the paths touch, for a slot on whose predecessor the tip stands: on time, late and duplicate. */
export async function measureStorage(pair: LanePair, slot: bigint, ring: Ring): Promise<readonly StorageRecord[]> {
  const restore = await pair.snapshot();
  const checkpoint = await pair.build(slot);
  const near = { number: checkpoint.number, epoch: checkpoint.epoch };
  const records: StorageRecord[] = [];
  const add = async (lane: Lane, path: string, txHash: Hex) =>
    void records.push(await readFootprint(lane, { path: `${path}, ${ring}`, txHash, near }));

  const landed = await pair.landOnTime(checkpoint);
  await add(pair.upstream, "on time", landed.upstream.transactionHash);
  await add(pair.buildAhead, "on time", landed.buildAhead.transactionHash);
  for (const lane of pair.lanes) {
    const request = pair.proposeRequest(lane, checkpoint, pair.rescuer);
    const duplicate = await pair.send(lane, request, { timestamp: pair.slotStart(slot) + 24n });
    await add(lane, "duplicate", duplicate.transactionHash);
  }
  await restore();
  if (pair.committeeSize > 0) {
    const late = await landLate(pair, checkpoint);
    await add(pair.buildAhead, "late", late.transactionHash);
    await restore();
  }
  return records;
}
