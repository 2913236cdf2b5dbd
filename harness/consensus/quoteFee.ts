import type { FeeHeader } from "../protocol/feeHeader.ts";
import { makeFeeHeader, sumManaCosts } from "../protocol/manaFee.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { CheckpointTip } from "./checkpointTip.ts";
import { overrideTip } from "./overrideTip.ts";
import type { RollupView } from "./rollupView.ts";

export interface FeeQuote {
  /** The only fee per mana that L1 accepts, in fee token units (1e18). */
  readonly feePerMana: bigint;
  /** What L1 will store for a checkpoint that is proposed at this fee. */
  readonly feeHeader: FeeHeader;
}

export interface FeeQuoteOptions {
  readonly parent: CheckpointTip;
  /** Start of the header's slot, Unix seconds. */
  readonly timestamp: bigint;
  /** The rollup's; zero while it takes no transactions. */
  readonly manaTarget: bigint;
  readonly manaUsed: bigint;
  /** Basis points of the fee asset's price, within 100 of zero. */
  readonly feeAssetPriceModifier: bigint;
}

const NO_FEES: FeeHeader = { excessMana: 0n, manaUsed: 0n, ethPerFeeAsset: 0n, congestionCost: 0n, proverCost: 0n };

/** Mana that a checkpoint is to use; governance may change it, and zero means that the rollup takes no transactions yet. */
export function readManaTarget({ chain, rollup }: RollupView): Promise<bigint> {
  return chain.publicClient.readContract({ address: rollup.address, abi: RollupAbi, functionName: "getManaTarget" });
}

/**
 * Asks L1 what a checkpoint on `parent` must charge, and derives the fee header it will store.
 *
 * The fee is L1's own answer (`getManaMinFeeComponentsAt`), also for a parent that has not landed: that one is put into the
 * call by a state override. One thing can still change it: the L1 fee oracle, when an update lands two slots or more before
 * the header's slot, which means two unlanded ancestors or more (`FeeLib.LAG` is 2).
 */
export async function quoteFee(view: RollupView, options: FeeQuoteOptions): Promise<FeeQuote> {
  const { parent, timestamp, manaTarget, manaUsed, feeAssetPriceModifier } = options;
  const { publicClient } = view.chain;
  if (manaTarget === 0n) return { feePerMana: 0n, feeHeader: NO_FEES };

  const costs = await publicClient.readContract({
    address: view.rollup.address,
    abi: RollupAbi,
    functionName: "getManaMinFeeComponentsAt",
    args: [timestamp, true],
    stateOverride: await overrideTip(view, parent),
  });
  return {
    feePerMana: sumManaCosts(costs),
    feeHeader: makeFeeHeader({ manaTarget }, parent.feeHeader, costs, manaUsed, feeAssetPriceModifier),
  };
}
