import { encodeErrorResult, type Address, type Hex } from "viem";

import type { RollupView } from "../consensus/rollupView.ts";
import { loadErrorAbi } from "../network/errorAbi.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import { epochOfSlot, slotAt, slotStart } from "../protocol/time.ts";
import { epochOfSlot, slotAt } from "../protocol/time.ts";
import { judgeOpening } from "../protocol/window.ts";
import { EscapeHatchAbi, RollupAbi } from "../upstream/abis.ts";

/** What a header says that the extended rollup looks at first. */
export interface ProposalFacts {
  readonly slot: bigint;
  readonly lastArchive: Hex;
  readonly hasBlobInput: boolean;
}

/** What those facts are held against. */
export interface ProposalContext {
  /** Unix seconds of the block. */
  readonly timestamp: bigint;
  /** The tip that is effective then. */
  readonly tip: { readonly slot: bigint; readonly archive: Hex };
  readonly terms: LateSubmissionTerms;
}

/**
 * What the extended rollup must say to a proposal before it does what upstream does: the revert data of the first of its early
 * checks that is violated, or `none`. `late` is a header that is open as a late one, for which upstream is no model.
 */
export type EarlyRejection = { readonly kind: "rejected"; readonly data: Hex } | { readonly kind: "none" | "late" };

/**
 * The listed cases in which errors may differ, as a rule: the extended rollup makes four checks first, in this order.
 *
 * 1. the slot comes after the tip's;
 * 2. the slot is the current one (with a window, the previous slot has errors of its own);
 * 3. the header builds on the tip;
 * 4. there is blob input.
 */
export async function predictProposal(
  view: RollupView,
  facts: ProposalFacts,
  context: ProposalContext,
): Promise<EarlyRejection> {
  const { tip } = context;
  const { slot, lastArchive, hasBlobInput } = facts;
  if (slot <= tip.slot) return reject("Rollup__SlotAlreadyInChain", [tip.slot, slot]);
  const window = await judgeSlot(view, slot, context);
  if (window.kind === "rejected") return window;
  if (lastArchive !== tip.archive) return reject("Rollup__InvalidArchive", [tip.archive, lastArchive]);
  if (window.kind === "late") return window;
  return hasBlobInput ? { kind: "none" } : reject("Rollup__NoBlobsInCheckpoint", []);
}

/** The same for the rehearsal: upstream's body, unless the header is the previous slot's and there is a window. */
export async function predictValidation(
  view: RollupView,
  facts: ProposalFacts,
  context: ProposalContext,
): Promise<EarlyRejection> {
  const currentSlot = slotAt(view.rollup.timing, context.timestamp);
  if (context.terms.windowSeconds === 0 || facts.slot + 1n !== currentSlot) return { kind: "none" };
  return predictProposal(view, { ...facts, hasBlobInput: true }, context);
}

/** The second check. Source: section "Window" of the specification; upstream knows the first of these errors only. */
async function judgeSlot(
  view: RollupView,
  slot: bigint,
  { timestamp, terms }: ProposalContext,
): Promise<EarlyRejection> {
  const timing = view.rollup.timing;
  const hasCommittees = view.rollup.committeeSize !== 0n;
  const judge = (isHatchOpen: boolean) => judgeOpening({ timing, terms, hasCommittees, isHatchOpen }, slot, timestamp);
  let opening = judge(false);
  if (opening.kind === "late") opening = judge((await readHatch(view, epochOfSlot(timing, slot))) !== undefined);
  if (opening.kind === "refused") return reject(opening.errorName, opening.args);
  return { kind: opening.kind === "late" ? "late" : "none" };
}

/** Who may propose through the escape hatch in an epoch; undefined when it is closed. */
export async function readHatch({ chain, rollup }: RollupView, epoch: bigint): Promise<Address | undefined> {
  const address = await chain.publicClient.readContract({
    address: rollup.address,
    abi: RollupAbi,
    functionName: "getEscapeHatchForEpoch",
    args: [epoch],
  });
  if (BigInt(address) === 0n) return undefined;
  const [isOpen, proposer] = await chain.publicClient.readContract({
    address,
    abi: EscapeHatchAbi,
    functionName: "isHatchOpen",
    args: [epoch],
  });
  return isOpen ? proposer : undefined;
}

async function reject(errorName: string, args: readonly unknown[]): Promise<EarlyRejection> {
  return { kind: "rejected", data: encodeErrorResult({ abi: await loadErrorAbi(), errorName, args }) };
}
