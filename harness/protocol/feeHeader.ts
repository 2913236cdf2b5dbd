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
