import type { TransactionReceipt } from "viem";

import { asRescued, type AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { nameLateRecipientCall } from "../consensus/bundledCalls.ts";
import { OPEN_TERMS } from "../network/deployBuildAhead.ts";
import { recordRingSize } from "../protocol/rings.ts";
import { encodeSetTerms } from "../protocol/terms.ts";
import { requireLanded, type LandLateOptions } from "../world/world.ts";
import type { BenchContext } from "./benchContext.ts";
import { makeRecord, type RecordLabels } from "./record/benchRecord.ts";
import { expectCompanions, expectLoss, expectSuccess, proposeOf } from "./expectations.ts";
import { measureTransaction } from "./measurement.ts";
import { RING_IDS, WARM_RING, type Ring } from "./ring.ts";

type LateLabels = Pick<RecordLabels, "case" | "parts" | "variant">;

/** As a proposer's own transaction lands that has slipped: late nobody reads its list of signers, and its bytes are paid all the same. */
const SIGNERS_SENT = "alone, sender credited, signers sent and not read";

/** Late landings of a slot on whose predecessor the tip stands. Only the extended rollup has that path. */
export async function measureLateCases(context: BenchContext, slot: bigint, ring: Ring): Promise<void> {
  const { twin, wants, progress, add } = context;
  if (twin.committeeSize === 0) return;
  const { extended: side, rescuer, prover } = twin;
  const named = nameLateRecipientCall(side, rescuer.address, false);
  const restore = await twin.snapshot();
  const checkpoint = await twin.build(slot);
  const land = async (labels: LateLabels, options: LandLateOptions = {}, late = checkpoint) => {
    const { receipt } = await side.landLate(late, { from: rescuer, ...options });
    await addLate(context, late, labels, receipt);
    await restore();
    return receipt;
  };
  const labelsOf = (parts: readonly string[], variant: string): LateLabels => ({
    case: "late",
    parts: [...parts, RING_IDS[ring]],
    variant: `${variant}, ${ring}`,
  });

  if (wants("late")) {
    progress(`late, ${ring}`);
    await land(labelsOf(["alone"], "alone, sender credited"));
    await land(labelsOf(["alone", "signersSent"], SIGNERS_SENT), { isAsGiven: true });
    const namedLabels = labelsOf(["multicall", "named"], "through Multicall3, recipient named");
    await land(namedLabels, { bundle: { before: [named] } });
    await land(labelsOf(["multicall", "unnamed"], "through Multicall3, nobody named"), { bundle: {} });
  }
  // Where the logs exist already, so that nothing but the record tells it from the first landing.
  for (const isAsGiven of wants("late") && ring === WARM_RING ? [false, true] : []) {
    // The same place in the ring, by when the first record is old.
    await side.landLate(checkpoint, { from: rescuer });
    const again = slot + recordRingSize(side.rollup.timing);
    // Its committee is known only once the clock is there.
    await side.chain.mineAt(side.at(again - 1n));
    requireLanded(await side.land(await twin.build(again - 1n)));
    const reused = await twin.build(again);
    const labels = isAsGiven
      ? labelsOf(["alone", "recordReused", "signersSent"], `${SIGNERS_SENT}, record ring reused`)
      : labelsOf(["alone", "recordReused"], "alone, sender credited, record ring reused");
    await land(labels, { isAsGiven }, reused);
  }
  if (wants("late bundle")) {
    progress(`late bundle, ${ring}`);
    const after = await twin.companions(side, slot + 1n);
    const variant = `recipient, propose, signal and vote, ${ring}`;
    const labels = { case: "late bundle", parts: [RING_IDS[ring]], variant } as const;
    expectCompanions(await land(labels, { bundle: { before: [named], after } }), after, "late bundle");
  }
  if (wants("late duplicate")) {
    progress(`late duplicate, ${ring}`);
    await side.landLate(checkpoint, { from: rescuer, delay: 0n });
    const { receipt } = await side.land(asRescued(checkpoint), { from: prover, timestamp: side.at(slot + 1n, 12n) });
    const measured = expectLoss(await measureTransaction(side, receipt), "late duplicate");
    const labels = { case: "late duplicate", parts: ["alone", RING_IDS[ring]], variant: `alone, ${ring}` } as const;
    add(makeRecord(completeLabels(context, checkpoint, labels), measured));
  }
  await restore();
}

/** The last slot of an epoch, landing in the first slot of the next: only under terms that allow it. */
export async function measureBoundaryCases(context: BenchContext, slot: bigint, ring: Ring): Promise<void> {
  const { twin, wants, progress } = context;
  if (twin.committeeSize === 0 || !wants("late")) return;
  progress(`late across the boundary, ${ring}`);
  const { extended: side, rescuer } = twin;
  const restore = await twin.snapshot();
  const checkpoint = await twin.build(slot);
  await side.executeAsOwner(encodeSetTerms({ ...OPEN_TERMS, crossEpoch: true }));
  const { receipt } = await side.landLate(checkpoint, { from: rescuer });
  const parts = ["alone", "acrossEpochs", RING_IDS[ring]];
  const variant = `alone, across the epoch boundary, ${ring}`;
  await addLate(context, checkpoint, { case: "late", parts, variant }, receipt);
  await restore();
}

const completeLabels = (
  { circumstances }: BenchContext,
  checkpoint: AttestedCheckpoint,
  labels: LateLabels,
): RecordLabels => ({
  ...circumstances,
  ...labels,
  signatures: checkpoint.signers.length,
  blobs: checkpoint.blobs.length,
});

async function addLate(
  context: BenchContext,
  checkpoint: AttestedCheckpoint,
  labels: LateLabels,
  receipt: TransactionReceipt,
): Promise<void> {
  const side = context.twin.extended;
  const measured = await measureTransaction(side, receipt, { inner: proposeOf(side) });
  context.add(makeRecord(completeLabels(context, checkpoint, labels), expectSuccess(measured, labels.variant)));
}
