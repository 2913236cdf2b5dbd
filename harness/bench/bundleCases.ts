import type { BenchContext } from "./benchContext.ts";
import { makeRecord } from "./benchRecord.ts";
import { expectCompanions, expectSuccess, proposeOf } from "./expectations.ts";
import { measureTransaction } from "./measurement.ts";
import type { Lane } from "./openLane.ts";
import type { Ring } from "./ring.ts";

/** What a publisher sends when all goes well: propose, signal and vote in one transaction. */
export async function measureOnTimeBundle(context: BenchContext, slot: bigint, ring: Ring): Promise<void> {
  const { pair, hardfork, add, wants, progress } = context;
  if (pair.committeeSize === 0 || !wants("on-time bundle")) return;
  progress(`on-time bundle, ${ring}`);
  const restore = await pair.snapshot();
  const checkpoint = await pair.build(slot);
  const from = await pair.proposerOf(slot);
  const send = async (lane: Lane) => {
    const after = await pair.companions(lane, slot);
    const request = pair.bundleRequest(lane, checkpoint, from, { after });
    const receipt = await pair.send(lane, request, { timestamp: pair.onTime(slot) });
    expectCompanions(receipt, after, lane.kind);
    return expectSuccess(await measureTransaction(lane.chain, receipt, { inner: proposeOf(lane) }), lane.kind);
  };
  const [upstream, ours] = [await send(pair.upstream), await send(pair.buildAhead)];
  await restore();
  const { signers, blobs } = checkpoint;
  const labels = { hardfork, committee: pair.committeeSize, signatures: signers.length, blobs: blobs.length };
  add(makeRecord({ ...labels, case: "on-time bundle", variant: `propose, signal and vote, ${ring}` }, ours, upstream));
}
