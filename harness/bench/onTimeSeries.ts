import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import type { BenchContext } from "./benchContext.ts";
import { makeRecord, makeSeriesRecord } from "./benchRecord.ts";
import { expectSuccess } from "./expectations.ts";
import { measureTransaction, type Measurement } from "./measurement.ts";

export interface OnTimeSeriesOptions {
  readonly firstSlot: bigint;
  readonly slots: number;
  /** Names the epoch in the rows. */
  readonly label: string;
  /** Called before the slot of that index lands: the tip is then its predecessor. */
  readonly before?: (index: number, slot: bigint) => Promise<void>;
}

/** Lands one epoch on time on both lanes and writes a row for its first checkpoint and one for all others. */
export async function landOnTimeSeries(
  context: BenchContext,
  options: OnTimeSeriesOptions,
): Promise<readonly AttestedCheckpoint[]> {
  const { pair, hardfork, add, wants, progress } = context;
  const { firstSlot, slots, label, before } = options;
  const landed: AttestedCheckpoint[] = [];
  const [ours, upstream]: [Measurement[], Measurement[]] = [[], []];
  for (let index = 0; index < slots; index++) {
    const slot = firstSlot + BigInt(index);
    await before?.(index, slot);
    progress(`on time, ${label}, ${index + 1} of ${slots}`);
    const checkpoint = await pair.build(slot);
    const receipts = await pair.landOnTime(checkpoint);
    landed.push(checkpoint);
    if (!wants("propose")) continue;
    const trace = index < 2;
    const measure = async (lane: (typeof pair)["upstream"], receipt: (typeof receipts)["upstream"]) =>
      expectSuccess(await measureTransaction(lane.chain, receipt, { trace }), lane.kind);
    upstream.push(await measure(pair.upstream, receipts.upstream));
    ours.push(await measure(pair.buildAhead, receipts.buildAhead));
  }
  const [first, second, ...rest] = ours;
  const [upstreamFirst, ...upstreamRest] = upstream;
  const [checkpoint] = landed;
  if (first === undefined || second === undefined || checkpoint === undefined) return landed;
  const labels = {
    hardfork,
    case: "propose",
    committee: pair.committeeSize,
    signatures: checkpoint.signers.length,
    blobs: checkpoint.blobs.length,
  };
  add(makeRecord({ ...labels, variant: `first of the epoch, ${label}` }, first, upstreamFirst));
  add(makeSeriesRecord({ ...labels, variant: `rest of the epoch, ${label}` }, [second, ...rest], upstreamRest));
  return landed;
}
