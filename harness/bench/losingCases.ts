import { signAttestationsAndSigners } from "../consensus/attestations.ts";
import { withAttestations, type AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import type { BenchContext } from "./benchContext.ts";
import { makeRecord } from "./benchRecord.ts";
import type { CaseName } from "./caseNames.ts";
import { expectCompanions, expectLoss, proposeOf } from "./expectations.ts";
import { guardedBundleRequest } from "./guardedBundle.ts";
import type { LanePair, SendOptions } from "./lanePair.ts";
import { measureTransaction, type Measurement } from "./measurement.ts";
import type { Lane } from "./openLane.ts";
import type { Ring } from "./ring.ts";

/** A submission that cannot succeed. */
interface LosingSubmission {
  readonly checkpoint: AttestedCheckpoint;
  readonly at: SendOptions;
  /** The slot in which it lands. */
  readonly landingSlot: bigint;
  /** Lands first, on time, on both lanes. */
  readonly winner?: AttestedCheckpoint;
}

interface LosingCase {
  readonly name: CaseName;
  /** Whether it needs a committee. */
  readonly needsCommittee?: boolean;
  readonly prepare: (pair: LanePair, slot: bigint) => Promise<LosingSubmission>;
}

const onTime = (pair: LanePair, slot: bigint, delay = 12n): SendOptions => ({
  timestamp: pair.slotStart(slot) + delay,
});

/** Each is prepared for a slot on whose predecessor the tip stands. */
const LOSING_CASES: readonly LosingCase[] = [
  {
    name: "duplicate in the same block",
    prepare: async (pair, slot) => {
      const checkpoint = await pair.build(slot);
      const at = { ...onTime(pair, slot), sameTimestamp: true };
      return { checkpoint, winner: checkpoint, at, landingSlot: slot };
    },
  },
  {
    name: "duplicate one block later",
    prepare: async (pair, slot) => {
      const checkpoint = await pair.build(slot);
      return { checkpoint, winner: checkpoint, at: onTime(pair, slot, 24n), landingSlot: slot };
    },
  },
  {
    name: "stale slot",
    prepare: async (pair, slot) => ({
      checkpoint: await pair.build(slot),
      at: onTime(pair, slot + 2n),
      landingSlot: slot + 2n,
    }),
  },
  {
    name: "missing parent",
    prepare: async (pair, slot) => {
      const parent = await pair.build(slot);
      const checkpoint = await pair.build(slot + 1n, { parent });
      return { checkpoint, at: onTime(pair, slot + 1n), landingSlot: slot + 1n };
    },
  },
  {
    name: "window closed",
    prepare: async (pair, slot) => ({
      checkpoint: await pair.build(slot),
      at: onTime(pair, slot + 1n, 24n),
      landingSlot: slot + 1n,
    }),
  },
  {
    name: "future slot",
    prepare: async (pair, slot) => ({
      checkpoint: await pair.build(slot + 1n),
      at: onTime(pair, slot),
      landingSlot: slot,
    }),
  },
  {
    name: "wrong archive",
    prepare: async (pair, slot) => ({
      checkpoint: await pair.build(slot, { header: { lastArchiveRoot: `0x${"11".repeat(32)}` } }),
      at: onTime(pair, slot),
      landingSlot: slot,
    }),
  },
  {
    name: "bad proposer signature",
    needsCommittee: true,
    prepare: async (pair, slot) => {
      const checkpoint = await pair.build(slot);
      const { members, proposer } = await pair.committee(slot);
      const stranger = members.find((member) => member !== proposer) ?? proposer;
      return {
        checkpoint: withAttestations(checkpoint, checkpoint, signAttestationsAndSigners(checkpoint, stranger)),
        at: onTime(pair, slot),
        landingSlot: slot,
      };
    },
  },
];

/**
 * Sends submissions that cannot succeed: alone, and in a bundle whose other calls do; with their blobs, and without them and with
 * the blob check off.
 */
export async function measureLosingCases(context: BenchContext, slot: bigint, ring: Ring): Promise<void> {
  const { pair, hardfork, add, wants, progress } = context;
  const committee = pair.committeeSize;
  for (const { name, needsCommittee = false, prepare } of LOSING_CASES) {
    if (!wants(name) || (needsCommittee && committee === 0)) continue;
    progress(`${name}, ${ring}`);
    const restore = await pair.snapshot();
    const submission = await prepare(pair, slot);
    const { checkpoint } = submission;
    if (submission.winner !== undefined) await pair.landOnTime(submission.winner);
    const restoreLanded = await pair.snapshot();
    for (const isBundled of committee === 0 ? [false] : [false, true]) {
      for (const blobs of [checkpoint.blobs.length, 0]) {
        const measured = await onBoth(pair, async (lane) => {
          if (blobs === 0) await pair.setBlobCheck(lane, false);
          return sendLoser(pair, lane, submission, isBundled, blobs > 0);
        });
        await restoreLanded();
        const variant = `${isBundled ? "in a bundle" : "alone"}, ${ring}`;
        const labels = { hardfork, case: name, variant, committee, signatures: checkpoint.signers.length, blobs };
        add(makeRecord(labels, measured.buildAhead, measured.upstream));
        if (isBundled && blobs > 0) {
          add(
            makeRecord(
              { ...labels, variant: `in a guarded bundle, ${ring}` },
              await sendGuarded(pair, submission),
              measured.upstream,
            ),
          );
          await restoreLanded();
        }
      }
    }
    await restore();
  }
}

async function onBoth(
  pair: LanePair,
  measure: (lane: Lane) => Promise<Measurement>,
): Promise<{ readonly upstream: Measurement; readonly buildAhead: Measurement }> {
  return { upstream: await measure(pair.upstream), buildAhead: await measure(pair.buildAhead) };
}

async function sendLoser(
  pair: LanePair,
  lane: Lane,
  { checkpoint, at, landingSlot }: LosingSubmission,
  isBundled: boolean,
  withBlobs: boolean,
): Promise<Measurement> {
  if (!isBundled) {
    const receipt = await pair.send(lane, pair.proposeRequest(lane, checkpoint, pair.rescuer, withBlobs), at);
    return expectLoss(await measureTransaction(lane.chain, receipt), lane.kind);
  }
  const after = await pair.companions(lane, landingSlot);
  const receipt = await pair.send(lane, pair.bundleRequest(lane, checkpoint, pair.rescuer, { after }, withBlobs), at);
  expectCompanions(receipt, after, lane.kind);
  return expectLoss(await measureTransaction(lane.chain, receipt, { inner: proposeOf(lane) }), lane.kind);
}

/** The same bundle through the bundling contract that asks `requireOpen` first and then skips the heavy entry. */
async function sendGuarded(pair: LanePair, { checkpoint, at, landingSlot }: LosingSubmission): Promise<Measurement> {
  const lane = pair.buildAhead;
  const companions = await pair.companions(lane, landingSlot);
  const receipt = await pair.send(lane, guardedBundleRequest(pair, checkpoint, companions), at);
  expectCompanions(receipt, companions, "guarded");
  return measureTransaction(lane.chain, receipt, { inner: proposeOf(lane) });
}
