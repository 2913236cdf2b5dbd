import { encodeFunctionData, type Hex, type LocalAccount, type TransactionReceipt } from "viem";

import { makeEpochProofTransaction } from "../consensus/epochProofTransaction.ts";
import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { proveBlobsOfEpoch } from "../consensus/epochProof.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { BenchContext } from "./benchContext.ts";
import { makeRecord } from "./benchRecord.ts";
import { expectSuccess } from "./expectations.ts";
import type { LanePair, SendOptions } from "./lanePair.ts";
import { measureTransaction, type Measurement } from "./measurement.ts";
import type { Lane } from "./openLane.ts";

/** `setupEpoch` on its own, at the first second of an epoch that nobody has touched. */
export async function measureSetUp(context: BenchContext, epoch: string): Promise<void> {
  if (!context.wants("setup epoch") || context.pair.committeeSize === 0) return;
  context.progress("setup epoch");
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "setupEpoch" });
  await measureOnBoth(context, { name: "setup epoch", variant: epoch, signatures: 0 }, (lane) =>
    sendPlain(context.pair, lane, data),
  );
}

/** `prune` once the proof of the landed checkpoints' epoch is overdue. */
export async function measurePrune(context: BenchContext, epoch: bigint, count: number): Promise<void> {
  const { pair, wants, progress } = context;
  if (!wants("prune")) return;
  progress("prune");
  const deadline = epoch + 2n;
  const timestamp = pair.slotStart(deadline * pair.upstream.rollup.timing.epochSlots);
  const data = encodeFunctionData({ abi: RollupAbi, functionName: "prune" });
  await measureOnBoth(context, { name: "prune", variant: `${count} checkpoints`, signatures: 0 }, (lane) =>
    sendPlain(pair, lane, data, { timestamp }),
  );
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
  const { pair, wants, progress } = context;
  if (!wants("epoch proof")) return;
  const blobInputs = new Map<number, Hex>();
  for (const { count, after } of steps) {
    progress(`epoch proof, ${count} checkpoints`);
    for (const length of [count, after ?? count]) {
      if (!blobInputs.has(length)) blobInputs.set(length, await proveBlobsOfEpoch(checkpoints.slice(0, length)));
    }
    const prove = (lane: Lane, length: number, prover: LocalAccount) =>
      submitProof(lane, checkpoints.slice(0, length), prover, blobInputs.get(length));
    const plural = count === 1 ? "checkpoint" : "checkpoints";
    const variant = after === undefined ? `${count} ${plural}` : `${count} ${plural}, ${after} of them proven before`;
    const signatures = checkpoints[count - 1]?.signers.length ?? 0;
    await measureOnBoth(context, { name: "epoch proof", variant, signatures }, async (lane) => {
      if (after !== undefined) await prove(lane, after, pair.rescuer);
      return prove(lane, count, pair.prover);
    });
  }
}

/** What sequencer and prover of proven checkpoints claim, once their epoch takes no more proofs. */
export async function measureClaims(context: BenchContext, checkpoints: readonly AttestedCheckpoint[]): Promise<void> {
  const { pair, wants } = context;
  const [first] = checkpoints;
  if (!wants("claim") || first === undefined) return;
  const restore = await pair.snapshot();
  await proveOnBoth(context, checkpoints);
  const timestamp = pair.slotStart((first.epoch + 2n) * pair.upstream.rollup.timing.epochSlots);
  const encode = (functionName: "claimSequencerRewards" | "claimProverRewards") =>
    functionName === "claimSequencerRewards"
      ? encodeFunctionData({ abi: RollupAbi, functionName, args: [first.header.coinbase.toString()] })
      : encodeFunctionData({ abi: RollupAbi, functionName, args: [pair.prover.address, [first.epoch]] });
  for (const functionName of ["claimSequencerRewards", "claimProverRewards"] as const) {
    context.progress(functionName);
    await measureOnBoth(context, { name: "claim", variant: functionName, signatures: 0 }, (lane) =>
      sendPlain(pair, lane, encode(functionName), { timestamp }),
    );
  }
  await restore();
}

/** Proves checkpoints on both lanes. @throws L1RevertError when L1 refuses. */
export async function proveOnBoth(
  { pair, progress }: BenchContext,
  checkpoints: readonly AttestedCheckpoint[],
): Promise<void> {
  progress(`proving ${checkpoints.length} checkpoints`);
  const blobInputs = await proveBlobsOfEpoch(checkpoints);
  for (const lane of pair.lanes) await submitProof(lane, checkpoints, pair.prover, blobInputs);
}

/** Proves checkpoints on one lane. @throws L1RevertError when L1 refuses. */
export async function submitProof(
  lane: Lane,
  checkpoints: readonly AttestedCheckpoint[],
  prover: LocalAccount,
  blobInputs?: Hex,
): Promise<TransactionReceipt> {
  const options = { checkpoints, ...(blobInputs === undefined ? {} : { blobInputs }) };
  return lane.chain.execute(await makeEpochProofTransaction(lane, prover, options));
}

async function sendPlain(pair: LanePair, lane: Lane, data: Hex, at?: SendOptions): Promise<TransactionReceipt> {
  const timestamp = at?.timestamp ?? (await lane.chain.now()) + lane.chain.blockTime;
  return lane.chain.execute({ from: pair.rescuer, to: lane.rollup.address, data }, { timestamp });
}

/** Measures one transaction on each lane and goes back to the state before. */
async function measureOnBoth(
  { pair, hardfork, add }: BenchContext,
  labels: { readonly name: string; readonly variant: string; readonly signatures: number },
  send: (lane: Lane) => Promise<TransactionReceipt>,
): Promise<void> {
  const restore = await pair.snapshot();
  const measure = async (lane: Lane): Promise<Measurement> =>
    expectSuccess(await measureTransaction(lane.chain, await send(lane)), lane.kind);
  const [upstream, ours] = [await measure(pair.upstream), await measure(pair.buildAhead)];
  const { name, variant, signatures } = labels;
  const committee = pair.committeeSize;
  add(makeRecord({ hardfork, case: name, variant, committee, signatures, blobs: 0 }, ours, upstream));
  await restore();
}
