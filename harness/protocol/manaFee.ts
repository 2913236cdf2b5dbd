import type { FeeHeader } from "./feeHeader.ts";

// What mana costs. Sources: `FeeLib`, and `FeeHeaderLib.compress` for what a stored header can hold.

/** L1's prices as the fee oracle keeps them, in wei per gas. */
export interface L1Fees {
  readonly baseFee: bigint;
  readonly blobFee: bigint;
}

/** The rollup's memory of L1's prices: what held before a slot, and what holds from it on. */
export interface FeeOracle {
  readonly pre: L1Fees;
  readonly post: L1Fees;
  readonly slotOfChange: bigint;
}

/** What governance has set. */
export interface ManaFeeConfig {
  /** Mana that a checkpoint is to use; zero while the rollup takes no transactions. */
  readonly manaTarget: bigint;
  /** Wei per mana. */
  readonly provingCostPerMana: bigint;
  readonly epochSlots: bigint;
}

/** The parts of the least fee, each in fee token units (1e18) per mana. */
export interface ManaCosts {
  readonly sequencerCost: bigint;
  readonly proverCost: bigint;
  readonly congestionCost: bigint;
}

/** Slots for which what the oracle has heard holds at least, and slots until it holds. Sources: `FeeLib.LIFETIME`, `FeeLib.LAG`. */
const LIFETIME = 5n;
const LAG = 2n;

const L1_GAS_PER_CHECKPOINT_PROPOSED = 300_000n;
const L1_GAS_PER_EPOCH_VERIFIED = 3_600_000n;
const BLOB_GAS_PER_CHECKPOINT = 3n * 2n ** 17n;
const MINIMUM_CONGESTION_MULTIPLIER = 10n ** 9n;
const CONGESTION_VALUE_MULTIPLIER = 854_700_854n;
const CONGESTION_VALUE_DIVISOR = 10n ** 8n;
/** In units of the update fraction, so that the series ends. */
const MAX_CONGESTION_EXPONENT = 100n;
const PRICE_PRECISION = 10n ** 12n;
const MIN_PRICE = 100n;
const MAX_PRICE = 10n ** 14n;
const BPS = 10_000n;
const MAX_UINT48 = 2n ** 48n - 1n;
const MAX_UINT63 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_UINT128 = 2n ** 128n - 1n;

const clamp = (value: bigint, low: bigint, high: bigint) => (value < low ? low : value > high ? high : value);
const divideUp = (dividend: bigint, divisor: bigint) => (dividend + divisor - 1n) / divisor;

/** What the oracle knows from its first day on. Source: `FeeLib.initialize`. @param fees Of the block that deploys the rollup */
export function openFeeOracle(fees: L1Fees): FeeOracle {
  return { pre: { baseFee: 10n ** 9n, blobFee: 1n }, post: fees, slotOfChange: LIFETIME };
}

/** Every proposal tells the oracle L1's prices; it listens once in three slots. Source: `FeeLib.updateL1GasFeeOracle`. */
export function updateFeeOracle(oracle: FeeOracle, currentSlot: bigint, fees: L1Fees): FeeOracle {
  if (currentSlot < oracle.slotOfChange + LIFETIME - LAG) return oracle;
  return { pre: oracle.post, post: fees, slotOfChange: currentSlot + LAG };
}

/** L1's prices in a slot, as the rollup counts them. Source: `FeeLib.getL1FeesAt`. */
export function l1FeesAt({ pre, post, slotOfChange }: FeeOracle, slot: bigint): L1Fees {
  return slot < slotOfChange ? pre : post;
}

/**
 * What a checkpoint has to charge. Every cost rounds up.
 * Source: `FeeLib.getManaMinFeeComponentsAt`.
 * @param fees Of the header's slot
 * @param parent What L1 stores of the checkpoint below
 */
export function computeManaCosts(config: ManaFeeConfig, fees: L1Fees, parent: FeeHeader): ManaCosts {
  const { manaTarget, provingCostPerMana, epochSlots } = config;
  if (manaTarget === 0n) return { sequencerCost: 0n, proverCost: 0n, congestionCost: 0n };
  const proposal = L1_GAS_PER_CHECKPOINT_PROPOSED * fees.baseFee + BLOB_GAS_PER_CHECKPOINT * fees.blobFee;
  const sequencer = divideUp(proposal, manaTarget);
  const proof = divideUp(L1_GAS_PER_EPOCH_VERIFIED * fees.baseFee, epochSlots);
  const prover = divideUp(proof, manaTarget) + provingCostPerMana;
  const total = sequencer + prover;
  const multiplier = congestionMultiplier(manaTarget, excessAfter(manaTarget, parent));
  const congestion = (total * multiplier) / MINIMUM_CONGESTION_MULTIPLIER - total;
  const price = parent.ethPerFeeAsset > MIN_PRICE ? parent.ethPerFeeAsset : MIN_PRICE;
  const inFeeAsset = (wei: bigint) => divideUp(wei * PRICE_PRECISION, price);
  return {
    sequencerCost: inFeeAsset(sequencer),
    proverCost: inFeeAsset(prover),
    congestionCost: inFeeAsset(congestion),
  };
}

/** The only fee per mana that L1 accepts, in fee token units (1e18). Source: `FeeLib.summedMinFee`. */
export function sumManaCosts({ sequencerCost, proverCost, congestionCost }: ManaCosts): bigint {
  return clamp(sequencerCost + proverCost + congestionCost, 0n, MAX_UINT128);
}

/**
 * What L1 stores of a checkpoint's fee. Source: `FeeLib.computeFeeHeader`.
 * @param feeAssetPriceModifier Basis points of the fee asset's price, within 100 of zero
 */
export function makeFeeHeader(
  { manaTarget }: Pick<ManaFeeConfig, "manaTarget">,
  parent: FeeHeader,
  { proverCost, congestionCost }: Omit<ManaCosts, "sequencerCost">,
  manaUsed: bigint,
  feeAssetPriceModifier = 0n,
): FeeHeader {
  const price = clamp(parent.ethPerFeeAsset, MIN_PRICE, MAX_PRICE);
  return {
    excessMana: clamp(excessAfter(manaTarget, parent), 0n, MAX_UINT48),
    manaUsed,
    ethPerFeeAsset: clamp((price * (BPS + feeAssetPriceModifier)) / BPS, MIN_PRICE, MAX_PRICE),
    congestionCost: clamp(congestionCost, 0n, MAX_UINT64),
    proverCost: clamp(proverCost, 0n, MAX_UINT63),
  };
}

/** Mana above target that is left over after a checkpoint. Source: `FeeLib.computeExcessMana`. */
function excessAfter(manaTarget: bigint, { excessMana, manaUsed }: FeeHeader): bigint {
  const excess = excessMana + manaUsed - manaTarget;
  return excess > 0n ? excess : 0n;
}

/** Source: `FeeLib.congestionMultiplier` and `fakeExponential`: e to the power of a fraction, as a series in integers. */
function congestionMultiplier(manaTarget: bigint, excessMana: bigint): bigint {
  const denominator = (manaTarget * CONGESTION_VALUE_MULTIPLIER) / CONGESTION_VALUE_DIVISOR;
  const numerator = clamp(excessMana, 0n, denominator * MAX_CONGESTION_EXPONENT);
  let output = 0n;
  let term = MINIMUM_CONGESTION_MULTIPLIER * denominator;
  for (let step = 1n; term > 0n; step++) {
    output += term;
    term = (term * numerator) / (denominator * step);
  }
  return output / denominator;
}
