import { signAttestationsAndSigners } from "../consensus/attestations.ts";
import { withAttestations, type AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { makeBundledProposeTransaction, makeProposeTransaction } from "../consensus/proposeTransaction.ts";
import type { MineOptions } from "../l1/blockProducer.ts";
import type { L1BlobTransactionRequest, L1TransactionRequest } from "../l1/l1Transaction.ts";
import type { Side } from "../twin/side.ts";
import { requireLanded, MissingKeyError } from "../world/world.ts";
import type { BenchContext } from "./benchContext.ts";
import { makeRecord } from "./record/benchRecord.ts";
import type { BenchTwin } from "./benchTwin.ts";
import type { CaseName } from "./record/caseNames.ts";
import { expectCompanions, expectLoss, proposeOf } from "./expectations.ts";
import { measureTransaction, type Measurement } from "./measurement.ts";
import { RING_IDS, type Ring } from "./ring.ts";

/** When a submission is mined; with `sameTimestamp` in one L1 block with what came before, which is told as several. */
interface SendOptions extends Pick<MineOptions, "sameTimestamp"> {
  /** Unix seconds. */
  readonly timestamp: bigint;
}

/** A submission that cannot succeed. */
interface LosingSubmission {
  readonly checkpoint: AttestedCheckpoint;
  readonly at: SendOptions;
  /** The slot in which it lands. */
  readonly landingSlot: bigint;
  /** Lands first, on time, on both sides. */
  readonly winner?: AttestedCheckpoint;
}

interface LosingCase {
  readonly name: CaseName;
  /** Whether it needs a committee. */
  readonly needsCommittee?: boolean;
  readonly prepare: (twin: BenchTwin, slot: bigint) => Promise<LosingSubmission>;
}

const onTime = (twin: BenchTwin, slot: bigint, delay = 12n): SendOptions => ({
  timestamp: twin.extended.at(slot, delay),
});

/** Each is prepared for a slot on whose predecessor the tip stands. */
const LOSING_CASES: readonly LosingCase[] = [
  {
    name: "duplicate in the same block",
    prepare: async (twin, slot) => {
      const checkpoint = await twin.build(slot);
      const at = { ...onTime(twin, slot), sameTimestamp: true };
      return { checkpoint, winner: checkpoint, at, landingSlot: slot };
    },
  },
  {
    name: "duplicate one block later",
    prepare: async (twin, slot) => {
      const checkpoint = await twin.build(slot);
      return { checkpoint, winner: checkpoint, at: onTime(twin, slot, 24n), landingSlot: slot };
    },
  },
  {
    name: "stale slot",
    prepare: async (twin, slot) => ({
      checkpoint: await twin.build(slot),
      at: onTime(twin, slot + 2n),
      landingSlot: slot + 2n,
    }),
  },
  {
    name: "missing parent",
    prepare: async (twin, slot) => {
      const parent = await twin.build(slot);
      const checkpoint = await twin.build(slot + 1n, { parent });
      return { checkpoint, at: onTime(twin, slot + 1n), landingSlot: slot + 1n };
    },
  },
  {
    name: "window closed",
    prepare: async (twin, slot) => ({
      checkpoint: await twin.build(slot),
      at: onTime(twin, slot + 1n, 24n),
      landingSlot: slot + 1n,
    }),
  },
  {
    name: "future slot",
    prepare: async (twin, slot) => ({
      checkpoint: await twin.build(slot + 1n),
      at: onTime(twin, slot),
      landingSlot: slot,
    }),
  },
  {
    name: "wrong archive",
    prepare: async (twin, slot) => ({
      checkpoint: await twin.build(slot, { header: { lastArchiveRoot: `0x${"11".repeat(32)}` } }),
      at: onTime(twin, slot),
      landingSlot: slot,
    }),
  },
  {
    name: "bad proposer signature",
    needsCommittee: true,
    prepare: async (twin, slot) => {
      const checkpoint = await twin.build(slot);
      const { keys } = twin.extended;
      const { members, proposer } = await twin.extended.committee(slot);
      const stranger = members.find((member) => member !== proposer) ?? proposer;
      const signer = keys.signerOf(stranger);
      if (signer === undefined) throw new MissingKeyError(stranger, "sign");
      return {
        checkpoint: withAttestations(checkpoint, checkpoint, signAttestationsAndSigners(checkpoint, signer)),
        at: onTime(twin, slot),
        landingSlot: slot,
      };
    },
  },
];

/** How a losing submission is sent: `guarded` through the bundling contract that asks `requireOpen` and skips the heavy entry. */
type Way = "alone" | "bundled" | "guarded";

const WAY_LABELS = { alone: "alone", bundled: "in a bundle", guarded: "in a guarded bundle" } as const;

/**
 * Sends submissions that cannot succeed: alone, and in a bundle whose other calls do; with their blobs, and without them and with
 * the blob check off.
 */
export async function measureLosingCases(context: BenchContext, slot: bigint, ring: Ring): Promise<void> {
  const { twin, circumstances, add, wants, progress } = context;
  for (const { name, needsCommittee = false, prepare } of LOSING_CASES) {
    if (!wants(name) || (needsCommittee && twin.committeeSize === 0)) continue;
    progress(`${name}, ${ring}`);
    const restore = await twin.snapshot();
    const submission = await prepare(twin, slot);
    const { checkpoint, winner } = submission;
    if (winner !== undefined) {
      const from = await twin.proposerOf(winner.slot);
      await twin.onBoth(async (side) => requireLanded(await side.land(winner, { from })));
    }
    const restoreLanded = await twin.snapshot();
    const labelsOf = (way: Way, blobs: number) => ({
      ...circumstances,
      case: name,
      parts: [way, RING_IDS[ring], blobs === 0 ? "noBlobs" : ""],
      variant: `${WAY_LABELS[way]}, ${ring}`,
      signatures: checkpoint.signers.length,
      blobs,
    });
    for (const way of twin.committeeSize === 0 ? (["alone"] as const) : (["alone", "bundled"] as const)) {
      for (const blobs of [checkpoint.blobs.length, 0]) {
        const { upstream, extended } = await twin.onBoth((side) => sendLoser(twin, side, submission, way, blobs > 0));
        await restoreLanded();
        add(makeRecord(labelsOf(way, blobs), extended, upstream));
        if (way !== "bundled" || blobs === 0) continue;
        const guarded = await sendLoser(twin, twin.extended, submission, "guarded");
        add(makeRecord(labelsOf("guarded", blobs), guarded, upstream));
        await restoreLanded();
      }
    }
    await restore();
  }
}

async function sendLoser(
  twin: BenchTwin,
  side: Side,
  { checkpoint, at, landingSlot }: LosingSubmission,
  way: Way,
  withBlobs = true,
): Promise<Measurement> {
  const { rescuer, guardedBundler } = twin;
  if (!withBlobs) await twin.setBlobCheck(side, false);
  const strip = withBlobs ? (request: L1BlobTransactionRequest) => request : withoutSidecars;
  const options = { ...at, allowRevert: true };
  const { kind } = side.rollup;
  if (way === "alone") {
    const receipt = await side.chain.execute(strip(makeProposeTransaction(side, checkpoint, rescuer)), options);
    return expectLoss(await measureTransaction(side, receipt), kind);
  }
  const after = await twin.companions(side, landingSlot);
  const multicall3 = way === "guarded" ? guardedBundler : side.contracts.multicall3;
  const request = makeBundledProposeTransaction(side, checkpoint, rescuer, { multicall3, after });
  const receipt = await side.chain.execute(strip(request), options);
  expectCompanions(receipt, after, kind);
  return expectLoss(await measureTransaction(side, receipt, { inner: proposeOf(side) }), kind);
}

function withoutSidecars({ from, to, data, gas }: L1BlobTransactionRequest): L1TransactionRequest {
  return { from, to, data, gas };
}
