import type { Address } from "viem";

import type { FeeHeader } from "../consensus/feeHeader.ts";
import type { ProvenFee } from "./decodeEpochProof.ts";

/** What upstream knows when it credits an epoch proof. Amounts in fee token units (1e18). */
export interface EpochProofFacts {
  /** One per checkpoint of the proof, in order. */
  readonly fees: readonly ProvenFee[];
  /** The stored fee headers of the same checkpoints. */
  readonly feeHeaders: readonly Pick<FeeHeader, "manaUsed" | "congestionCost" | "proverCost">[];
  /** Checkpoints of the epoch that were proven before. */
  readonly provenLength: number;
  /** What a checkpoint is to be rewarded with. */
  readonly checkpointReward: bigint;
  /** Basis points of the checkpoint reward. */
  readonly sequencerBps: number;
  /** Whether the distributor pays this rollup. */
  readonly isCanonical: boolean;
  readonly distributorBalance: bigint;
  /** Whether the rollup's mana target is above zero. */
  readonly isTxsEnabled: boolean;
}

/** What one newly proven checkpoint earns its coinbase. Amounts in fee token units (1e18). */
export interface CheckpointShare {
  /** Position in the proof. */
  readonly index: number;
  readonly coinbase: Address;
  readonly share: bigint;
}

/** How upstream distributes the money of one epoch proof. Amounts in fee token units (1e18). */
export interface EpochProofShares {
  /** One per newly proven checkpoint. */
  readonly checkpoints: readonly CheckpointShare[];
  readonly distributorOutflow: bigint;
  readonly feesIn: bigint;
  readonly congestionBurn: bigint;
  readonly proverRewards: bigint;
}

/** A late checkpoint's share in three parts, in fee token units (1e18). */
export interface LateSplit {
  readonly cut: bigint;
  readonly forfeit: bigint;
  /** What the coinbase keeps, rounding dust included. */
  readonly keep: bigint;
}

const WHOLE_BPS = 10_000n;

/**
 * The design's formulas of a settlement, from the facts alone and without the contract: what each newly proven checkpoint's
 * coinbase is credited before any split, and where the rest goes.
 */
export function deriveShares(facts: EpochProofFacts): EpochProofShares {
  const { fees, feeHeaders, provenLength, checkpointReward, sequencerBps, isCanonical, distributorBalance } = facts;
  const added = BigInt(Math.max(fees.length - provenLength, 0));
  const desired = added * checkpointReward;
  const available = !isCanonical ? 0n : desired < distributorBalance ? desired : distributorBalance;
  const perCheckpoint = added === 0n ? 0n : (available * BigInt(sequencerBps)) / WHOLE_BPS / added;

  const checkpoints: CheckpointShare[] = [];
  let [feesIn, congestionBurn, proverFees] = [0n, 0n, 0n];
  fees.forEach(({ recipient, value }, index) => {
    const header = feeHeaders[index];
    if (index < provenLength || header === undefined) return;
    let sequencerFee = 0n;
    if (facts.isTxsEnabled) {
      const burn = header.congestionCost * header.manaUsed;
      const afterBurn = value - burn;
      const proverCost = header.manaUsed * header.proverCost;
      const proverFee = proverCost < afterBurn ? proverCost : afterBurn;
      sequencerFee = afterBurn - proverFee;
      feesIn += value;
      congestionBurn += burn;
      proverFees += proverFee;
    }
    checkpoints.push({ index, coinbase: recipient, share: perCheckpoint + sequencerFee });
  });
  const proverRewards = available - perCheckpoint * added + proverFees;
  return { checkpoints, distributorOutflow: available, feesIn, congestionBurn, proverRewards };
}

/**
 * The design's split of a late checkpoint's share.
 * @param submitterBps Basis points
 * @param burnBps Basis points
 * @param isCredited Whether there is a submitter to credit; otherwise its cut is forfeited too
 */
export function deriveSplit(share: bigint, submitterBps: number, burnBps: number, isCredited: boolean): LateSplit {
  const submitterPart = (share * BigInt(submitterBps)) / WHOLE_BPS;
  const burnPart = (share * BigInt(burnBps)) / WHOLE_BPS;
  const cut = isCredited ? submitterPart : 0n;
  const forfeit = isCredited ? burnPart : burnPart + submitterPart;
  return { cut, forfeit, keep: share - cut - forfeit };
}
