import { RollupAbi } from "../upstream/abis.ts";
import type { CheckpointTip } from "./checkpointTip.ts";
import { overrideTip } from "./overrideTip.ts";
import type { RollupView } from "./rollupView.ts";

/** Upstream's `FeeHeader`, the part of a checkpoint that prices its child. */
export interface FeeHeader {
  /** Mana above target that earlier checkpoints have left over. */
  readonly excessMana: bigint;
  readonly manaUsed: bigint;
  /** ETH per fee asset, scaled by 1e12. */
  readonly ethPerFeeAsset: bigint;
  /** Fee token units (1e18) per mana. */
  readonly congestionCost: bigint;
  /** Fee token units (1e18) per mana. */
  readonly proverCost: bigint;
}

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
  readonly manaUsed: bigint;
  /** Basis points of the fee asset's price, within 100 of zero. */
  readonly feeAssetPriceModifier: bigint;
}

const MAX_UINT48 = 2n ** 48n - 1n;
const MAX_UINT63 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_UINT128 = 2n ** 128n - 1n;
const BPS = 10_000n;
/** `FeeLib.MIN_ETH_PER_FEE_ASSET` and `MAX_ETH_PER_FEE_ASSET`. */
const MIN_PRICE = 100n;
const MAX_PRICE = 10n ** 14n;
const NO_FEES: FeeHeader = { excessMana: 0n, manaUsed: 0n, ethPerFeeAsset: 0n, congestionCost: 0n, proverCost: 0n };

const clamp = (value: bigint, low: bigint, high: bigint) => (value < low ? low : value > high ? high : value);

/**
 * Asks L1 what a checkpoint on `parent` must charge, and derives the fee header it will store.
 *
 * The fee is L1's own answer (`getManaMinFeeComponentsAt`), also for a parent that has not landed: that one is put into the
 * call by a state override. One thing can still change it: the L1 fee oracle, when an update lands two slots or more before
 * the header's slot, which means two unlanded ancestors or more (`FeeLib.LAG` is 2).
 *
 * Sources of the fee header: `FeeLib.computeFeeHeader`, `FeeHeaderLib.compress` for the caps.
 */
export async function quoteFee(view: RollupView, options: FeeQuoteOptions): Promise<FeeQuote> {
  const { parent, timestamp, manaUsed, feeAssetPriceModifier } = options;
  const { publicClient } = view.chain;
  const contract = { address: view.rollup.address, abi: RollupAbi } as const;
  const manaTarget = await publicClient.readContract({ ...contract, functionName: "getManaTarget" });
  if (manaTarget === 0n) return { feePerMana: 0n, feeHeader: NO_FEES };

  const { congestionCost, sequencerCost, proverCost } = await publicClient.readContract({
    ...contract,
    functionName: "getManaMinFeeComponentsAt",
    args: [timestamp, true],
    stateOverride: await overrideTip(view, parent),
  });
  const price = clamp(parent.feeHeader.ethPerFeeAsset, MIN_PRICE, MAX_PRICE);
  const excessMana = parent.feeHeader.excessMana + parent.feeHeader.manaUsed - manaTarget;
  return {
    feePerMana: clamp(congestionCost + sequencerCost + proverCost, 0n, MAX_UINT128),
    feeHeader: {
      excessMana: clamp(excessMana, 0n, MAX_UINT48),
      manaUsed,
      ethPerFeeAsset: clamp((price * (BPS + feeAssetPriceModifier)) / BPS, MIN_PRICE, MAX_PRICE),
      congestionCost: clamp(congestionCost, 0n, MAX_UINT64),
      proverCost: clamp(proverCost, 0n, MAX_UINT63),
    },
  };
}
