import type { Side } from "../twin/side.ts";
import type { BenchContext } from "./benchContext.ts";
import { makeRecord } from "./record/benchRecord.ts";
import { expectCompanions, expectSuccess, proposeOf } from "./expectations.ts";
import { measureTransaction } from "./measurement.ts";
import { RING_IDS, type Ring } from "./ring.ts";

/** What a publisher sends when all goes well: propose, signal and vote in one transaction. */
export async function measureOnTimeBundle(context: BenchContext, slot: bigint, ring: Ring): Promise<void> {
  const { twin, circumstances, add, wants, progress } = context;
  if (twin.committeeSize === 0 || !wants("on-time bundle")) return;
  progress(`on-time bundle, ${ring}`);
  const restore = await twin.snapshot();
  const checkpoint = await twin.build(slot);
  const send = async (side: Side) => {
    const after = await twin.companions(side, slot);
    const { receipt } = await side.land(checkpoint, { bundle: { after } });
    expectCompanions(receipt, after, side.rollup.kind);
    return expectSuccess(await measureTransaction(side, receipt, { inner: proposeOf(side) }), side.rollup.kind);
  };
  const { upstream, extended } = await twin.onBoth(send);
  await restore();
  const labels = {
    ...circumstances,
    case: "on-time bundle",
    parts: [RING_IDS[ring]],
    variant: `propose, signal and vote, ${ring}`,
    signatures: checkpoint.signers.length,
    blobs: checkpoint.blobs.length,
  } as const;
  add(makeRecord(labels, extended, upstream));
}
