import { encodeFunctionData, type Hex, type TransactionReceipt } from "viem";

import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { proveBlobsOfEpoch } from "../consensus/epochProof.ts";
import { epochStart } from "../protocol/time.ts";
import type { Side } from "../twin/side.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { BenchContext } from "./benchContext.ts";
import { makeRecord, type RecordLabels } from "./record/benchRecord.ts";
import { expectSuccess } from "./expectations.ts";
import type { BenchTwin } from "./benchTwin.ts";
import { measureTransaction } from "./measurement.ts";

/** `setupEpoch` on its own, at the first second of an epoch that nobody has touched. */
export async function measureSetUp(context: BenchContext): Promise<void> {
  const { twin, wants, progress } = context;
  if (!wants("setup epoch") || twin.committeeSize === 0) return;
  progress("setup epoch");
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "setupEpoch" });
  const labels = { case: "setup epoch", parts: ["untouched"], variant: "untouched epoch", signatures: 0 } as const;
  await measureOnBoth(context, labels, (side) => sendPlain(twin, side, data));
}

/** `prune` once the proof of the landed checkpoints' epoch is overdue. */
export async function measurePrune(context: BenchContext, epoch: bigint, count: number): Promise<void> {
  const { twin, wants, progress } = context;
  if (!wants("prune")) return;
  progress("prune");
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "prune" });
  const labels = {
    case: "prune",
    parts: [`checkpoints${count}`],
    variant: `${count} checkpoints`,
    signatures: 0,
  } as const;
  await measureOnBoth(context, labels, (side) => sendPlain(twin, side, data, afterDeadline(twin, epoch)));
}

/** A proof of the first `count` checkpoints of an epoch. */
export interface ProofStep {
  readonly count: number;
  /** Proven before it, in the same run. */
  readonly after?: number;
}

/**
 * Proofs of a prefix of one epoch, each from the state before the first, except that `after` proves a shorter one before.
 * @param checkpoints All of the epoch
 */
export async function measureProofs(
  context: BenchContext,
  checkpoints: readonly AttestedCheckpoint[],
  steps: readonly ProofStep[],
): Promise<void> {
  const { twin, wants, progress } = context;
  if (!wants("epoch proof")) return;
  const openings = new Map<number, Hex>();
  const open = async (count: number) => {
    const blobInputs = openings.get(count) ?? (await proveBlobsOfEpoch(checkpoints.slice(0, count)));
    openings.set(count, blobInputs);
    return { blobInputs };
  };
  for (const { count, after } of steps) {
    progress(`epoch proof, ${count} checkpoints`);
    const plural = count === 1 ? "checkpoint" : "checkpoints";
    const labels = {
      case: "epoch proof",
      parts: [`checkpoints${count}`, after === undefined ? "" : `after${after}`],
      variant: after === undefined ? `${count} ${plural}` : `${count} ${plural}, ${after} of them proven before`,
      signatures: checkpoints[count - 1]?.signers.length ?? 0,
    } as const;
    await measureOnBoth(context, labels, async (side) => {
      if (after !== undefined) await side.prove(checkpoints.slice(0, after), twin.rescuer, await open(after));
      return side.prove(checkpoints.slice(0, count), twin.prover, await open(count));
    });
  }
}

/** What sequencer and prover of proven checkpoints claim, once their epoch takes no more proofs. */
export async function measureClaims(context: BenchContext, checkpoints: readonly AttestedCheckpoint[]): Promise<void> {
  const { twin, wants, progress } = context;
  const [first] = checkpoints;
  if (!wants("claim") || first === undefined) return;
  const restore = await twin.snapshot();
  await proveOnBoth(context, checkpoints);
  const claims = {
    sequencer: encodeFunctionData({
      abi: RollupAbi,
      functionName: "claimSequencerRewards",
      args: [first.header.coinbase.toString()],
    }),
    prover: encodeFunctionData({
      abi: RollupAbi,
      functionName: "claimProverRewards",
      args: [twin.prover.address, [first.epoch]],
    }),
  };
  for (const [who, variant] of [
    ["sequencer", "claimSequencerRewards"],
    ["prover", "claimProverRewards"],
  ] as const) {
    progress(variant);
    await measureOnBoth(context, { case: "claim", parts: [who], variant, signatures: 0 }, (side) =>
      sendPlain(twin, side, claims[who], afterDeadline(twin, first.epoch)),
    );
  }
  await restore();
}

/** Proves checkpoints on both sides. @throws L1RevertError when L1 refuses. */
export async function proveOnBoth(
  { twin, progress }: BenchContext,
  checkpoints: readonly AttestedCheckpoint[],
): Promise<void> {
  progress(`proving ${checkpoints.length} checkpoints`);
  const blobInputs = await proveBlobsOfEpoch(checkpoints);
  await twin.onBoth((side) => side.prove(checkpoints, twin.prover, { blobInputs }));
}

/** The first second at which an epoch takes no more proofs. */
function afterDeadline({ upstream: { rollup } }: BenchTwin, epoch: bigint): bigint {
  return epochStart(rollup.timing, epoch + rollup.timing.proofSubmissionEpochs + 1n);
}

function sendPlain(
  { rescuer }: BenchTwin,
  { chain, rollup }: Side,
  data: Hex,
  timestamp?: bigint,
): Promise<TransactionReceipt> {
  return chain.execute({ from: rescuer, to: rollup.address, data }, { timestamp });
}

/** Measures one transaction on each side and goes back to the state before. */
async function measureOnBoth(
  { twin, circumstances, add }: BenchContext,
  labels: Pick<RecordLabels, "case" | "parts" | "variant" | "signatures">,
  send: (side: Side) => Promise<TransactionReceipt>,
): Promise<void> {
  const restore = await twin.snapshot();
  const { upstream, extended } = await twin.onBoth(async (side) =>
    expectSuccess(await measureTransaction(side, await send(side)), side.rollup.kind),
  );
  add(makeRecord({ ...circumstances, ...labels, blobs: 0 }, extended, upstream));
  await restore();
}
