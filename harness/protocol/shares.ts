import type { Address } from "viem";

import { WHOLE_BPS, type Bps } from "./units.ts";

/** What a proof pays for one checkpoint, and to whom. Amounts in fee token units (1e18). */
export interface ProvenFee {
  readonly recipient: Address;
  readonly value: bigint;
}

/** What a checkpoint's stored fee header says of its fee. Costs in fee token units (1e18) per mana. */
export interface ProvenFeeHeader {
  readonly manaUsed: bigint;
  readonly congestionCost: bigint;
  readonly proverCost: bigint;
}

/** What upstream knows when it credits an epoch proof. Amounts in fee token units (1e18). */
export interface EpochProofFacts {
  /** One per checkpoint of the proof, in order. */
  readonly fees: readonly ProvenFee[];
  /** The stored fee headers of the same checkpoints. */
  readonly feeHeaders: readonly ProvenFeeHeader[];
  /** Checkpoints of the epoch that were proven before. */
  readonly provenLength: number;
  /** What a checkpoint is to be rewarded with. */
  readonly checkpointReward: bigint;
  /** Part of the checkpoint reward that goes to the sequencer: 0 to 10,000. */
  readonly sequencerBps: Bps;
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

/**
 * How upstream distributes the money of an epoch proof, from the facts alone and without the contract: what each newly proven
 * checkpoint's coinbase is credited before any split, and where the rest goes.
 *
 * Source: section 3.5 of the specification; upstream's `RewardLib.handleRewardsAndFees`. Every division rounds down.
 */
export function deriveShares(facts: EpochProofFacts): EpochProofShares {
  const { fees, feeHeaders, provenLength, checkpointReward, sequencerBps, isCanonical, distributorBalance } = facts;
  const added = BigInt(Math.max(fees.length - provenLength, 0));
  const desired = added * checkpointReward;
  const available = !isCanonical ? 0n : desired < distributorBalance ? desired : distributorBalance;
  const perCheckpoint = added === 0n ? 0n : (available * BigInt(sequencerBps)) / BigInt(WHOLE_BPS) / added;

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
