import { mainnetLikeConfig, type NetworkConfig } from "../network/networkConfig.ts";
import { WHOLE_BPS } from "../protocol/units.ts";
import type { RollupTiming } from "../protocol/time.ts";
import type { LedgerSetup } from "../sim/ledger.ts";
import { InvalidLedgerCallError } from "./ledgerErrors.ts";
import type { ModelParent } from "./modelCheckpoints.ts";
import type { Purse } from "./modelRewards.ts";

/** What a model begins with, as `ChainLedgers` deploys it. */
export interface ModelDeployment {
  readonly config: NetworkConfig["rollup"];
  readonly timing: RollupTiming;
  /** The run's slot 0, as the contracts count. */
  readonly firstSlot: bigint;
  /** What the first checkpoint builds on. */
  readonly genesis: ModelParent;
  readonly purse: Purse;
}

/** Epochs between the deployment and the run. On the chain it is about as many; nothing but the fee oracle's first update depends on it. */
const EPOCHS_BEFORE = 8n;
/** Fee token units (1e18) that somebody brings to L2 before the run, as on the chain. */
const BRIDGED = 10n ** 24n;

/** Wei per gas: the block that deploys the rollup, and the blob base fee of every ledger. */
export const BASE_FEE_AT_DEPLOYMENT = 10n ** 9n;
export const BLOB_BASE_FEE = 1n;
/** Before the first checkpoint no slot is in the chain. */
export const NO_SLOT = Number.NEGATIVE_INFINITY;

/**
 * Mainnet's configuration, but for what the run asks for.
 * @param slotsBefore See `Calendar`
 * @throws InvalidLedgerCallError for what the contracts would refuse when they are deployed.
 */
export function deployModel(setup: LedgerSetup, slotsBefore: number): ModelDeployment {
  assertPossible(setup);
  const { slotSeconds, epochSlots, proofSubmissionEpochs } = setup;
  const { rollup: config, rewardDistributorFunding, feeJuicePortalFunding } = mainnetLikeConfig();
  const firstSlot = EPOCHS_BEFORE * BigInt(epochSlots) + BigInt(slotsBefore);
  const noFees = { excessMana: 0n, manaUsed: 0n, congestionCost: 0n, proverCost: 0n };
  return {
    config,
    timing: {
      // The run's first second is 0.
      genesisTime: -firstSlot * BigInt(slotSeconds),
      slotSeconds: BigInt(slotSeconds),
      epochSlots: BigInt(epochSlots),
      proofSubmissionEpochs: BigInt(proofSubmissionEpochs),
      validatorSetLagEpochs: config.lagInEpochsForValidatorSet,
    },
    firstSlot,
    genesis: { slot: NO_SLOT, number: 0, feeHeader: { ...noFees, ethPerFeeAsset: config.initialEthPerFeeAsset } },
    purse: { distributor: rewardDistributorFunding, portal: feeJuicePortalFunding + BRIDGED },
  };
}

function assertPossible({ committeeSize, validators, slotSeconds, terms }: LedgerSetup): void {
  const { firstBps, submitterBps, burnBps, windowSeconds } = terms;
  const require = (holds: boolean, message: string) => {
    if (!holds) throw new InvalidLedgerCallError(message, { fields: { committeeSize, validators, ...terms } });
  };
  require(committeeSize > 0 && committeeSize <= validators, "A committee is drawn from the validators");
  require(windowSeconds >= 0 && windowSeconds <= slotSeconds, "A window is no longer than a slot");
  require(0 <= firstBps && firstBps <= submitterBps, "What a submitter gets first is a part of what it gets at last");
  require(burnBps >= 0 && submitterBps + burnBps <= WHOLE_BPS, "Nobody forfeits more than the whole");
}
