import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import type { Side } from "../twin/side.ts";
import { requireLanded, type Landing } from "../world/world.ts";
import type { BenchContext } from "./benchContext.ts";
import { makeRecord, makeSeriesRecord } from "./record/benchRecord.ts";
import { expectSuccess } from "./expectations.ts";
import { measureTransaction, type Measurement } from "./measurement.ts";
import { RING_IDS, type Ring } from "./ring.ts";

export interface OnTimeSeriesOptions {
  readonly firstSlot: bigint;
  readonly slots: number;
  /** Numbers the epoch in the rows. */
  readonly epoch: number;
  readonly ring: Ring;
  /** Called before the slot of that index lands: the tip is then its predecessor. */
  readonly before?: (index: number, slot: bigint) => Promise<void>;
}

/** Lands one epoch on time on both sides and writes a row for its first checkpoint and one for all others. */
export async function landOnTimeSeries(
  context: BenchContext,
  options: OnTimeSeriesOptions,
): Promise<readonly AttestedCheckpoint[]> {
  const { twin, circumstances, add, wants, progress } = context;
  const { firstSlot, slots, epoch, ring, before } = options;
  const label = `epoch ${epoch}, ${ring}`;
  const landed: AttestedCheckpoint[] = [];
  const [ours, upstream]: [Measurement[], Measurement[]] = [[], []];
  for (let index = 0; index < slots; index++) {
    const slot = firstSlot + BigInt(index);
    await before?.(index, slot);
    progress(`on time, ${label}, ${index + 1} of ${slots}`);
    const checkpoint = await twin.build(slot);
    const from = await twin.proposerOf(slot);
    const landings = await twin.onBoth(async (side) => requireLanded(await side.land(checkpoint, { from })));
    landed.push(checkpoint);
    if (!wants("propose")) continue;
    const trace = index < 2;
    const measure = async (side: Side, { receipt }: Landing) =>
      expectSuccess(await measureTransaction(side, receipt, { trace }), side.rollup.kind);
    upstream.push(await measure(twin.upstream, landings.upstream));
    ours.push(await measure(twin.extended, landings.extended));
  }
  const [first, second, ...rest] = ours;
  const [upstreamFirst, ...upstreamRest] = upstream;
  const [checkpoint] = landed;
  if (first === undefined || second === undefined || checkpoint === undefined) return landed;
  const labelsOf = (which: "first" | "rest") => ({
    ...circumstances,
    case: "propose" as const,
    parts: [which, `epoch${epoch}`, RING_IDS[ring]],
    variant: `${which} of the epoch, ${label}`,
    signatures: checkpoint.signers.length,
    blobs: checkpoint.blobs.length,
  });
  add(makeRecord(labelsOf("first"), first, upstreamFirst));
  add(makeSeriesRecord(labelsOf("rest"), [second, ...rest], upstreamRest));
  return landed;
}
