import { encodeFunctionData, type Address, type Hex } from "viem";

import { GSEAbi, RegistryAbi, RollupAbi } from "../upstream/abis.ts";
import type { AztecContracts } from "./contracts.ts";

/** One call of a governance payload. */
export interface PayloadAction {
  readonly target: Address;
  readonly data: Hex;
}

export interface UpgradeActionsOptions {
  readonly contracts: Pick<AztecContracts, "registry" | "gse">;
  readonly rollup: Address;
  /** The hatch that was deployed for the rollup, if the canonical one has a hatch. */
  readonly escapeHatch?: Address | undefined;
  /** Whether rewards can be claimed on the canonical rollup; a new one begins without. */
  readonly rewardsClaimable: boolean;
}

/**
 * What governance does to make a rollup the canonical one without taking anything away from anybody: registry and staking escrow
 * name it, as upstream's `RegisterNewRollupVersionPayload`, and it gets what only its owner can give it: its escape hatch, and
 * claimable rewards where they are claimable now. Order and calls are those of upstream's own `AlphaPayload`.
 */
export function upgradeActions(options: UpgradeActionsOptions): readonly PayloadAction[] {
  const { contracts, rollup, escapeHatch, rewardsClaimable } = options;
  const actions: PayloadAction[] = [
    {
      target: contracts.registry,
      data: encodeFunctionData({ abi: RegistryAbi, functionName: "addRollup", args: [rollup] }),
    },
    { target: contracts.gse, data: encodeFunctionData({ abi: GSEAbi, functionName: "addRollup", args: [rollup] }) },
  ];
  if (rewardsClaimable) {
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "setRewardsClaimable", args: [true] });
    actions.push({ target: rollup, data });
  }
  if (escapeHatch !== undefined) {
    const data = encodeFunctionData({ abi: RollupAbi, functionName: "updateEscapeHatch", args: [escapeHatch] });
    actions.push({ target: rollup, data });
  }
  return actions;
}
