import type { LocalAccount, TransactionReceipt } from "viem";

import { nameLateRecipientCall, type BundledCall } from "../consensus/bundledCalls.ts";
import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { DEFAULT_TERMS } from "../network/deployBuildAhead.ts";
import { recordRingSize } from "../protocol/rings.ts";
import { encodeSetTerms } from "../protocol/terms.ts";
import type { BenchContext } from "./benchContext.ts";
import { makeRecord } from "./benchRecord.ts";
import { executeAsOwner } from "./executeAsOwner.ts";
import { expectCompanions, expectLoss, expectSuccess, proposeOf } from "./expectations.ts";
import type { LanePair } from "./lanePair.ts";
import { measureTransaction } from "./measurement.ts";
import { WARM_RING, type Ring } from "./ring.ts";

/** Late landings of a slot on whose predecessor the tip stands. Only the extended rollup has that path. */
export async function measureLateCases(context: BenchContext, slot: bigint, ring: Ring): Promise<void> {
  const { pair, wants, progress } = context;
  if (pair.committeeSize === 0) return;
  const lane = pair.buildAhead;
  const named = nameLateRecipientCall(lane, pair.rescuer.address, false);
  const restore = await pair.snapshot();
  const checkpoint = await pair.build(slot);

  if (wants("late")) {
    progress(`late, ${ring}`);
    await addLate(context, checkpoint, `alone, sender credited, ${ring}`, await landLate(pair, checkpoint));
    await restore();
    const viaMulticall = await landLate(pair, checkpoint, { before: [named] });
    await addLate(context, checkpoint, `through Multicall3, recipient named, ${ring}`, viaMulticall);
    await restore();
    const anonymous = await landLate(pair, checkpoint, { before: [] });
    await addLate(context, checkpoint, `through Multicall3, nobody named, ${ring}`, anonymous);
    await restore();
  }
  // Where the logs exist already, so that nothing but the record tells it from the first landing.
  if (wants("late") && ring === WARM_RING) {
    // The same place in the ring, by when the first record is old.
    await landLate(pair, checkpoint);
    const again = slot + recordRingSize(lane.rollup.timing);
    // Its committee is known only once the clock is there.
    await lane.chain.mineAt(pair.slotStart(again - 1n));
    await landAlone(pair, await pair.build(again - 1n));
    const reused = await pair.build(again);
    await addLate(context, reused, `alone, sender credited, record ring reused, ${ring}`, await landLate(pair, reused));
    await restore();
  }
  if (wants("late bundle")) {
    progress(`late bundle, ${ring}`);
    const after = await pair.companions(lane, slot + 1n);
    const receipt = await landLate(pair, checkpoint, { before: [named], after });
    expectCompanions(receipt, after, "late bundle");
    await addLate(context, checkpoint, `recipient, propose, signal and vote, ${ring}`, receipt, "late bundle");
    await restore();
  }
  if (wants("late duplicate")) {
    progress(`late duplicate, ${ring}`);
    await landLate(pair, checkpoint, undefined, 0n);
    const receipt = await pair.send(lane, pair.proposeRequest(lane, checkpoint, pair.prover), {
      timestamp: pair.slotStart(slot + 1n) + 12n,
    });
    const measured = expectLoss(await measureTransaction(lane.chain, receipt), "late duplicate");
    context.add(makeRecord(labelsOf(context, checkpoint, "late duplicate", `alone, ${ring}`), measured));
  }
  await restore();
}

/** The last slot of an epoch, landing in the first slot of the next: only under terms that allow it. */
export async function measureBoundaryCases(context: BenchContext, slot: bigint, ring: Ring): Promise<void> {
  const { pair, wants, progress } = context;
  if (pair.committeeSize === 0 || !wants("late")) return;
  progress(`late across the boundary, ${ring}`);
  const lane = pair.buildAhead;
  const restore = await pair.snapshot();
  const data = encodeSetTerms({ ...DEFAULT_TERMS, crossEpoch: true });
  const checkpoint = await pair.build(slot);
  await executeAsOwner(lane, data);
  await addLate(context, checkpoint, `alone, across the epoch boundary, ${ring}`, await landLate(pair, checkpoint));
  await restore();
}

/** Lands a checkpoint in the slot after its own, on the extended lane. @throws L1RevertError when it does not land. */
export function landLate(
  pair: LanePair,
  checkpoint: AttestedCheckpoint,
  calls?: { readonly before?: readonly BundledCall[]; readonly after?: readonly BundledCall[] },
  delay = 12n,
): Promise<TransactionReceipt> {
  const lane = pair.buildAhead;
  const request =
    calls === undefined
      ? pair.proposeRequest(lane, checkpoint, pair.rescuer)
      : pair.bundleRequest(lane, checkpoint, pair.rescuer, calls);
  return lane.chain.execute(request, { timestamp: pair.slotStart(checkpoint.slot + 1n) + delay });
}

/** Lands a checkpoint on time on the extended lane alone. */
export async function landAlone(
  pair: LanePair,
  checkpoint: AttestedCheckpoint,
  timestamp = pair.onTime(checkpoint.slot),
  sender?: LocalAccount,
): Promise<TransactionReceipt> {
  const from = sender ?? (await pair.proposerOf(checkpoint.slot));
  const lane = pair.buildAhead;
  return lane.chain.execute(pair.proposeRequest(lane, checkpoint, from), { timestamp });
}

const labelsOf = ({ pair, hardfork }: BenchContext, checkpoint: AttestedCheckpoint, name: string, variant: string) => ({
  hardfork,
  case: name,
  variant,
  committee: pair.committeeSize,
  signatures: checkpoint.signers.length,
  blobs: checkpoint.blobs.length,
});

async function addLate(
  context: BenchContext,
  checkpoint: AttestedCheckpoint,
  variant: string,
  receipt: TransactionReceipt,
  name = "late",
): Promise<void> {
  const lane = context.pair.buildAhead;
  const measured = await measureTransaction(lane.chain, receipt, { inner: proposeOf(lane) });
  context.add(makeRecord(labelsOf(context, checkpoint, name, variant), expectSuccess(measured, variant)));
}
