import { zeroAddress } from "viem";

import { deriveShares } from "../protocol/shares.ts";
import { splitShare } from "../protocol/split.ts";
import type { Bps } from "../protocol/units.ts";
import { validatorAccount, type AccountName, type Settlement } from "../sim/ledger.ts";
import type { Landing } from "./modelChain.ts";

/** What the rollup pays with. Amounts in fee token units (1e18). */
export interface Purse {
  /** What the reward distributor has left. */
  readonly distributor: bigint;
  /** What the fee portal has left of the fees that were brought to L2. */
  readonly portal: bigint;
}

/** How a rollup rewards. */
export interface RewardTerms {
  /** Fee token units (1e18). */
  readonly checkpointReward: bigint;
  readonly sequencerBps: Bps;
}

/** What was proven of an epoch so far. */
export interface ProvenEpoch {
  readonly epoch: number;
  /** Checkpoints of the longest proof. */
  readonly provenLength: number;
  /** Who proved how many: nobody does so twice. */
  readonly submissions: readonly string[];
}

/** What a proof does with money. */
export interface Rewarded {
  readonly settlement: Settlement;
  readonly purse: Purse;
}

/**
 * Rewards a proof: upstream's shares, of which every late landing that is newly proven is split under the terms it was accepted under.
 * Sources: `harness/protocol` for shares and splits; `LateRewardLib.settle` for what is split.
 * @param run The proven checkpoints, the first of the epoch first
 * @param provenLength Checkpoints of the epoch that were proven before
 * @returns Undefined when the portal cannot pay the fees.
 */
export function rewardProof(
  run: readonly Landing[],
  provenLength: number,
  { checkpointReward, sequencerBps }: RewardTerms,
  purse: Purse,
): Rewarded | undefined {
  const coinbaseOf = ({ built }: Landing) => validatorAccount(built.draft.proposer);
  const shares = deriveShares({
    // Whom a share is for is looked up by its place below: here nobody has an address.
    fees: run.map(({ built }) => ({ recipient: zeroAddress, value: built.manaUsed * built.feePerMana })),
    feeHeaders: run.map(({ feeHeader }) => feeHeader),
    provenLength,
    checkpointReward,
    sequencerBps,
    isCanonical: true,
    distributorBalance: purse.distributor,
    isTxsEnabled: true,
  });
  if (shares.feesIn > purse.portal) return undefined;

  const credits: Record<AccountName, bigint> = {};
  const credit = (account: AccountName, amount: bigint) => {
    credits[account] = (credits[account] ?? 0n) + amount;
  };
  for (const landing of run) credit(coinbaseOf(landing), 0n);
  let forfeited = 0n;
  const settledSlots: number[] = [];
  for (const { index, share } of shares.checkpoints) {
    const landing = run[index] as Landing;
    const { late } = landing;
    if (late === undefined) {
      credit(coinbaseOf(landing), share);
      continue;
    }
    const split = splitShare(share, late.split, late.submitter !== undefined);
    credit(coinbaseOf(landing), split.kept);
    if (late.submitter !== undefined) credit(late.submitter, split.submitterCut);
    forfeited += split.forfeited;
    settledSlots.push(landing.landed.slot);
  }
  const burned = shares.congestionBurn + forfeited;
  const credited = Object.values(credits).reduce((sum, amount) => sum + amount, 0n);
  return {
    settlement: {
      sources: shares.distributorOutflow + shares.feesIn,
      uses: credited + shares.proverRewards + burned,
      credits,
      proverRewards: shares.proverRewards,
      burned,
      forfeited,
      settledSlots,
    },
    purse: { distributor: purse.distributor - shares.distributorOutflow, portal: purse.portal - shares.feesIn },
  };
}
