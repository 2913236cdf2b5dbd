import type { BenchContext } from "./benchContext.ts";
import type { WalkLength } from "./record/benchPlan.ts";
import { measureAgedProposal } from "./agedCase.ts";
import { measureOnTimeBundle } from "./bundleCases.ts";
import { measureClaims, measureProofs, measurePrune, measureSetUp, proveOnBoth } from "./epochCases.ts";
import { measureFloorDesigns } from "./floorDesigns.ts";
import { measureBoundaryCases, measureLateCases } from "./lateCases.ts";
import { measureLosingCases } from "./losingCases.ts";
import { landOnTimeSeries } from "./onTimeSeries.ts";
import { measurePenalties } from "./penaltyCases.ts";
import { FRESH_RING, WARM_RING, type Ring } from "./ring.ts";
import { measureSettlement } from "./settlementCases.ts";
import { measureStorage } from "./storageCases.ts";

const SIDE_CASES_AT = 8;

/** Drives both sides through epochs and measures the wanted cases on the way, each from the state of its place in the walk. */
export async function walk(context: BenchContext, length: WalkLength): Promise<void> {
  const { twin } = context;
  const { epochSlots } = twin.upstream.rollup.timing;
  const slots = Number(epochSlots);
  const isWhole = length === "whole";
  const firstSlot = twin.measuredEpoch * epochSlots;
  const sideCases = (ring: Ring) => async (index: number, slot: bigint) => {
    if (index === SIDE_CASES_AT) {
      await measureAgedProposal(context, slot, ring);
      await measureOnTimeBundle(context, slot, ring);
      await measureLateCases(context, slot, ring);
      await measureLosingCases(context, slot, ring);
      await measureStorage(context, slot, ring);
      if (ring === FRESH_RING) await measureFloorDesigns(context, slot);
    }
    if (index === slots - 1) await measureBoundaryCases(context, slot, ring);
  };

  await measureSetUp(context);
  await measureSettlement(context, firstSlot, false);
  await measurePenalties(context, firstSlot);
  const first = await landOnTimeSeries(context, {
    firstSlot,
    slots,
    epoch: 1,
    ring: FRESH_RING,
    before: sideCases(FRESH_RING),
  });
  await measurePrune(context, twin.measuredEpoch, slots);
  await measureProofs(context, first, [
    { count: 1 },
    { count: 8 },
    { count: 8, after: 1 },
    ...(isWhole ? [{ count: slots }, { count: slots, after: 8 }] : []),
  ]);
  await measureClaims(context, first.slice(0, 8));
  if (!isWhole) return;

  await proveOnBoth(context, first);
  const second = await landOnTimeSeries(context, {
    firstSlot: firstSlot + epochSlots,
    slots,
    epoch: 2,
    ring: FRESH_RING,
  });
  await proveOnBoth(context, second);
  await measureSettlement(context, firstSlot + 2n * epochSlots, true);
  await landOnTimeSeries(context, {
    firstSlot: firstSlot + 2n * epochSlots,
    slots,
    epoch: 3,
    ring: WARM_RING,
    before: sideCases(WARM_RING),
  });
}
