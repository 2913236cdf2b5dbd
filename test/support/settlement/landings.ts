import { expect } from "chai";
import { getAddress, zeroAddress, type Address } from "viem";

import { decodeRecorded } from "../../../harness/accounting/lateSubmissionEvents.ts";
import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { nameLateRecipientCall } from "../../../harness/consensus/bundledCalls.ts";
import { readTip } from "../../../harness/consensus/checkpointTip.ts";
import { splitAfter } from "../../../harness/protocol/split.ts";
import { judgeOpening } from "../../../harness/protocol/window.ts";
import { compareWithChain } from "./compareWithChain.ts";
import type { ModelCheckpoint, ModelRecord } from "./modelChain.ts";
import type { RecipientKind, SlotPlan } from "./plan.ts";
import type { SettlementRun } from "./settlementRun.ts";

/** Seconds into its slot at which a checkpoint of these sequences lands on time: after any late one and its company. */
const PUNCTUAL = 40n;

/** Lands the checkpoint of a slot on time, as its plan says. */
export async function landOnTime(run: SettlementRun, slot: bigint, plan: SlotPlan): Promise<void> {
  const { world } = run;
  const timestamp = await run.notBefore(world.at(slot, PUNCTUAL));
  const isUnattested = plan.fate === "unattested";
  const checkpoint = await build(run, slot, plan, timestamp);
  const { revert, receipt } = await world.land(checkpoint, { timestamp });
  if (revert !== undefined) throw revert;
  expect(decodeRecorded(receipt, world.rollup.address), "an on-time landing records nothing").to.deep.equal([]);
  addToModel(run, { checkpoint, isUnattested }, timestamp);
  run.tally.count(isUnattested ? "unattested" : "onTime");
  await compareWithChain(run);
}

/** Lands the checkpoint of a slot in the next one, or sees it refused. Returns whether it landed. */
export async function landLate(run: SettlementRun, slot: bigint, plan: SlotPlan): Promise<boolean> {
  const { world, settings, chain, tally } = run;
  const begin = world.at(slot + 1n);
  const timestamp = await run.notBefore(begin + plan.delay);
  const checkpoint = await build(run, slot, plan, timestamp);
  const { submitter, ...sending } = senderOf(run, checkpoint, plan.recipient);
  const { revert, receipt } = await world.land(checkpoint, { timestamp, ...sending });
  const { terms } = settings;
  const circumstances = { timing: world.rollup.timing, terms, hasCommittees: true, isHatchOpen: false };
  if (judgeOpening(circumstances, slot, timestamp).kind === "refused") {
    expect(revert, `slot ${slot} is closed and must not land`).not.to.equal(undefined);
    tally.count("refusedLate");
    await compareWithChain(run);
    return false;
  }
  if (revert !== undefined) throw revert;
  const delay = timestamp - begin;
  const { submitterBps, burnBps } = splitAfter(terms, delay);
  const record: ModelRecord = {
    slot,
    checkpointNumber: checkpoint.number,
    submitter,
    originalProposer: (await world.committee(slot)).proposer,
    submitterBps: BigInt(submitterBps),
    burnBps: BigInt(burnBps),
    delay,
    isSettled: false,
  };
  const { checkpointNumber, originalProposer } = record;
  expect(decodeRecorded(receipt, world.rollup.address), "what the late landing records").to.deep.equal([
    { slot, checkpointNumber, originalProposer, submitter, delay },
  ]);
  addToModel(run, { checkpoint, isUnattested: false, record }, timestamp);
  if (chain.record(record) !== undefined) tally.count("overwrittenRecords");
  tally.count("late");
  await compareWithChain(run);
  return true;
}

function addToModel({ chain, tally }: SettlementRun, landed: ModelCheckpoint, timestamp: bigint): void {
  const pruned = chain.land(landed, timestamp);
  if (pruned.length > 0) tally.count("pruned");
  if (pruned.some(({ record }) => record !== undefined)) tally.count("prunedLate");
}

async function build(run: SettlementRun, slot: bigint, plan: SlotPlan, timestamp: bigint): Promise<AttestedCheckpoint> {
  const { world, settings, accounts, blobs } = run;
  const { epochSlots } = world.rollup.timing;
  const isUnattested = plan.fate === "unattested";
  // The first choice is the proposer itself.
  const coinbase = accounts[(plan.coinbaseChoice % (accounts.length + 1)) - 1];
  return world.build(slot, {
    parent: await readTip(world.view, timestamp),
    ...(coinbase === undefined ? {} : { coinbase }),
    manaUsed: (settings.manaTarget * plan.manaQuarters) / 4n,
    feeAssetPriceModifier: settings.manaTarget === 0n ? 0n : plan.priceModifier,
    blobs: blobs.at(world.epochOf(slot), Number(slot % epochSlots)),
    // The same slot may be built again, after an invalidation.
    salt: `${timestamp}`,
    ...(isUnattested ? { signers: ({ proposer }) => [proposer] } : {}),
  });
}

/** Who sends a late landing, what comes before it in the bundle, and who is to be credited: zero for nobody. */
function senderOf({ world, burnAddress }: SettlementRun, checkpoint: AttestedCheckpoint, kind: RecipientKind) {
  const { rescuer: from, rollup, contracts, keys } = world;
  const coinbase = getAddress(checkpoint.header.coinbase.toString());
  const named = (recipient: Address) => ({
    from,
    bundle: { before: [nameLateRecipientCall(world.view, recipient, false)], allowFailure: false },
    submitter: getAddress(recipient),
  });
  switch (kind) {
    case "sender":
      return { from, submitter: from.address };
    case "nobody":
      return { from, bundle: { allowFailure: false }, submitter: zeroAddress };
    case "named":
      return named(from.address);
    case "coinbase": {
      // A proposer that rescues itself does so in its own name if it can.
      const own = keys.accountOf(coinbase);
      return own === undefined ? named(coinbase) : { from: own, submitter: own.address };
    }
    case "burnAddress":
      return named(burnAddress);
    case "rollup":
      return named(rollup.address);
    case "distributor":
      return named(contracts.rewardDistributor);
    case "contract":
      return named(contracts.feeAsset);
  }
}
