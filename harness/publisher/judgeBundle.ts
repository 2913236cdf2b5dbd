import type { Address, Hex, StateOverride } from "viem";

import type { RollupView } from "../consensus/rollupView.ts";
import { slotAt, slotStart } from "../protocol/time.ts";
import { packTips, TIPS_WORD, toWord } from "../protocol/storageMap.ts";
import { RollupContract } from "../upstream/contracts.ts";
import { assembleBundle, readBundleResult, type Bundle } from "./bundle.ts";
import { computeGasLimit, FIXED_GAS_LIMIT, MAX_GAS_LIMIT } from "./gasLimit.ts";
import type { PublishRequest } from "./publisher.ts";
import type { PublisherL1 } from "./publisherL1.ts";

export interface JudgeOptions {
  readonly view: RollupView;
  readonly l1: PublisherL1;
  readonly requests: readonly PublishRequest[];
  readonly sender: Address;
  readonly multicall3: Address;
  /** Who is credited if the proposal turns late. */
  readonly recipient: Address;
  /** Unix seconds of the first L1 block that can take the bundle. */
  readonly timestamp: bigint;
}

export interface Judgement {
  /** What is left; undefined when nothing is. */
  readonly bundle: Bundle | undefined;
  readonly gasLimit: bigint;
  readonly dropped: readonly { readonly request: PublishRequest; readonly reason: string }[];
  /** What it rests on: `eth_simulateV1`, a plain call, which measures no gas, or nothing, because the node gave no answer. */
  readonly basis: "simulation" | "call" | "nothing";
}

/** What a bundle would do. */
interface Run {
  readonly basis: Judgement["basis"];
  /** Revert data of each request that failed. */
  readonly reverts: readonly (Hex | undefined)[];
  /** Undefined where it was not measured. */
  readonly gasUsed: bigint | undefined;
}

/**
 * Asks L1 what a bundle would do, in one simulation of the whole, and leaves out what would revert; what is left is asked again, because
 * its gas and perhaps its fate have changed.
 */
export async function judgeBundle(options: JudgeOptions): Promise<Judgement> {
  const { view, l1, recipient, timestamp } = options;
  const dropped: { request: PublishRequest; reason: string }[] = [];
  let requests = options.requests;
  for (;;) {
    const bundle = assembleBundle(view, requests, recipient);
    if (requests.length === 0) return { bundle: undefined, gasLimit: 0n, dropped, basis: "simulation" };
    const run = await runBundle(options, bundle, timestamp);
    const failed = bundle.requests.flatMap((request, index) => {
      const data = run.reverts[index];
      return data === undefined ? [] : [{ request, data }];
    });
    if (failed.length === 0) {
      return { bundle, gasLimit: await findGasLimit(options, bundle, run), dropped, basis: run.basis };
    }
    for (const { request, data } of failed) dropped.push({ request, reason: await l1.explain(data).catch(() => data) });
    requests = bundle.requests.filter((request) => failed.every((other) => other.request !== request));
  }
}

async function runBundle(options: JudgeOptions, bundle: Bundle, timestamp: bigint): Promise<Run> {
  const { l1, sender: from, multicall3: to } = options;
  const stateOverride = await overrideState(options, bundle);
  const request = { from, to, data: bundle.data, gas: MAX_GAS_LIMIT, timestamp, stateOverride };
  try {
    const { returnData, gasUsed } = await l1.simulate(request);
    return { basis: "simulation", reverts: readBundleResult(bundle, returnData), gasUsed };
  } catch {
    // The node has no such method, or no answer: a plain call tells at least what would revert.
  }
  try {
    const returnData = await l1.call(request);
    return { basis: "call", reverts: readBundleResult(bundle, returnData), gasUsed: undefined };
  } catch {
    // Nobody knows. A checkpoint that is not sent is lost for certain.
    return { basis: "nothing", reverts: [], gasUsed: undefined };
  }
}

/**
 * A proposal that is on time may slip: the same bundle is measured once more as if it landed in the first second of the next slot. Where
 * it could not land there (no quorum, window closed) that does not matter.
 */
async function findGasLimit(options: JudgeOptions, bundle: Bundle, run: Run): Promise<bigint> {
  if (run.gasUsed === undefined) return FIXED_GAS_LIMIT;
  const { proposal } = bundle;
  if (proposal === undefined) return computeGasLimit({ aimed: run.gasUsed, turnedLate: undefined, blobs: 0 });
  const { timing } = options.view.rollup;
  const { slot, blobs } = proposal.checkpoint;
  const isOnTime = slotAt(timing, options.timestamp) === slot;
  const late = isOnTime ? await runBundle(options, bundle, slotStart(timing, slot + 1n)) : undefined;
  const wouldLand = late?.reverts[bundle.requests.indexOf(proposal)] === undefined;
  return computeGasLimit({
    aimed: run.gasUsed,
    turnedLate: wouldLand ? late?.gasUsed : undefined,
    blobs: blobs.length,
  });
}

/**
 * With a proposal the blob check is off, for a simulated transaction has no blobs. And a proposer that builds on the pending tip counts
 * on no prune: without a pin the simulation, which runs ahead of time, might see one that a proof is about to prevent.
 */
async function overrideState({ view, l1 }: JudgeOptions, { proposal }: Bundle): Promise<StateOverride> {
  if (proposal === undefined) return [];
  const { pending, proven } = await l1.tips().catch(() => ({ pending: 0n, proven: 0n }));
  const isPinned = pending > proven && proposal.checkpoint.parent.number === pending;
  const stateDiff = [
    { slot: toWord(RollupContract.checkBlobStorageSlot), value: toWord(0n) },
    ...(isPinned ? [{ slot: toWord(TIPS_WORD), value: toWord(packTips(pending, pending)) }] : []),
  ];
  return [{ address: view.rollup.address, stateDiff }];
}
