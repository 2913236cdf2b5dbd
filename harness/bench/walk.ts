import type { BenchContext } from "./benchContext.ts";
import { BUNDLE_CASE_NAMES, measureOnTimeBundle } from "./bundleCases.ts";
import {
  EPOCH_CASE_NAMES,
  measureClaims,
  measureProofs,
  measurePrune,
  measureSetUp,
  proveOnBoth,
} from "./epochCases.ts";
import { LATE_CASE_NAMES, measureBoundaryCases, measureLateCases } from "./lateCases.ts";
import { LOSING_CASE_NAMES, measureLosingCases } from "./losingCases.ts";
import { landOnTimeSeries } from "./onTimeSeries.ts";
import { measureSettlement, SETTLEMENT_CASE_NAMES } from "./settlementCases.ts";

/** Every case that a walk can measure, in the order of the report. */
export const CASE_NAMES: readonly string[] = [
  "propose",
  ...BUNDLE_CASE_NAMES,
  ...EPOCH_CASE_NAMES,
  ...LATE_CASE_NAMES,
  ...SETTLEMENT_CASE_NAMES,
  ...LOSING_CASE_NAMES,
];

/**
 * How far to go. The first epoch alone holds every case once, with the ring of checkpoint logs still unwritten; that is what a check
 * can afford. The whole walk adds a second epoch, a third on a ring that has been written before (from the 66th checkpoint on),
 * and the long settlement and proof.
 */
export type WalkLength = "first epoch" | "whole";

const SIDE_CASES_AT = 8;
const FRESH = "fresh ring";
const WARM = "warm ring";

/** Drives both lanes through epochs and measures the wanted cases on the way, each from the state of its place in the walk. */
export async function walk(context: BenchContext, length: WalkLength): Promise<void> {
  const { pair } = context;
  const epochSlots = pair.upstream.rollup.config.aztecEpochDuration;
  const slots = Number(epochSlots);
  const isWhole = length === "whole";
  const firstSlot = pair.firstEpoch * epochSlots;
  const sideCases = (ring: string) => async (index: number, slot: bigint) => {
    if (index === SIDE_CASES_AT) {
      await measureOnTimeBundle(context, slot, ring);
      await measureLateCases(context, slot, ring);
      await measureLosingCases(context, slot, ring);
    }
    if (index === slots - 1) await measureBoundaryCases(context, slot, ring);
  };

  await measureSetUp(context, "untouched epoch");
  await measureSettlement(context, firstSlot, false);
  const first = await landOnTimeSeries(context, {
    firstSlot,
    slots,
    label: `epoch 1, ${FRESH}`,
    before: sideCases(FRESH),
  });
  await measurePrune(context, pair.firstEpoch, slots);
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
    label: `epoch 2, ${FRESH}`,
  });
  await proveOnBoth(context, second);
  await measureSettlement(context, firstSlot + 2n * epochSlots, true);
  await landOnTimeSeries(context, {
    firstSlot: firstSlot + 2n * epochSlots,
    slots,
    label: `epoch 3, ${WARM}`,
    before: sideCases(WARM),
  });
}
