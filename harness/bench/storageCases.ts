import type { Side } from "../twin/side.ts";
import { requireLanded, type Landing } from "../world/world.ts";
import type { BenchContext } from "./benchContext.ts";
import { CASE_IDS } from "./record/caseNames.ts";
import { makeId } from "./record/recordId.ts";
import { RING_IDS, type Ring } from "./ring.ts";
import { readFootprint } from "./storageFootprint.ts";

/** How ids and rows name a path. */
const PATHS = { onTime: "on time", duplicate: "duplicate", late: "late" } as const;

/** Which storage the paths touch, for a slot on whose predecessor the tip stands: on time, late and duplicate. */
export async function measureStorage(context: BenchContext, slot: bigint, ring: Ring): Promise<void> {
  const { twin, circumstances, wants, progress, addStorage } = context;
  if (!wants("storage")) return;
  progress(`storage, ${ring}`);
  const { upstream, extended, rescuer, committeeSize } = twin;
  const restore = await twin.snapshot();
  const checkpoint = await twin.build(slot);
  const add = async (side: Side, path: keyof typeof PATHS, { receipt }: Landing) => {
    const { kind: implementation } = side.rollup;
    const words = implementation === "upstream" ? "upstream" : "buildAhead";
    const id = makeId([CASE_IDS.storage, path, RING_IDS[ring], words], circumstances);
    const labels = { hardfork: circumstances.hardfork, path: `${PATHS[path]}, ${ring}`, implementation };
    const footprint = await readFootprint(side, receipt.transactionHash, checkpoint);
    addStorage({ id, ...labels, committee: circumstances.committee, ...footprint });
  };

  const from = await twin.proposerOf(slot);
  const landed = await twin.onBoth(async (side) => requireLanded(await side.land(checkpoint, { from })));
  await add(upstream, "onTime", landed.upstream);
  await add(extended, "onTime", landed.extended);
  for (const side of twin.sides) {
    await add(side, "duplicate", await side.land(checkpoint, { from: rescuer, timestamp: side.at(slot, 24n) }));
  }
  await restore();
  if (committeeSize > 0) {
    await add(extended, "late", await extended.landLate(checkpoint, { from: rescuer }));
    await restore();
  }
}
