import type { Address, Hex } from "viem";

import type { EscapeHatchConfig } from "../network/escapeHatch.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import type { GenesisState, RollupConfig } from "../upstream/rollupConfig.ts";
import type { DeploymentStep } from "./ignitionJournal.ts";
import type { PenaltyParameters, UpgradeParameters } from "./upgradeParameters.ts";

/** The shared contracts as a record keeps them. */
export type RecordedContracts = Readonly<
  Record<"registry" | "governance" | "gse" | "feeAsset" | "stakingAsset" | "rewardDistributor", Address>
>;

/** Everything that is decided before the first transaction is sent. */
export interface UpgradePlan {
  readonly contracts: RecordedContracts;
  /** The rollup that is canonical when the plan is made. */
  readonly canonical: Address;
  readonly config: RollupConfig;
  readonly genesis: GenesisState;
  readonly terms: LateSubmissionTerms;
  readonly verifier: Address | "mock";
  readonly rewardsClaimable: boolean;
  readonly escapeHatch?: EscapeHatchConfig;
  readonly penalties?: PenaltyParameters;
  /** In what the new rollup is to differ from the canonical one. */
  readonly differences: readonly Difference[];
}

/** One thing in which the new rollup differs from the canonical one, and why. */
export interface Difference {
  readonly field: string;
  readonly canonical: string;
  readonly planned: string;
  readonly reason: string;
}

/** What a deployment left on chain, by role. */
export interface DeployedAddresses {
  readonly verifier?: Address;
  readonly rollup?: Address;
  readonly slashFactory?: Address;
  readonly escapeHatch?: Address;
  readonly penaltyRegistry?: Address;
  readonly penaltyController?: Address;
  readonly strikeLedger?: Address;
  readonly slashingHook?: Address;
  readonly payload?: Address;
}

/** From which sources, and how they were compiled. */
export interface BuildDescription {
  readonly revision: string;
  /** Whether the working tree differed from the revision. */
  readonly dirty: boolean;
  readonly upstream: string;
  readonly compiler: string;
  readonly evmVersion: string;
  readonly optimizerRuns: number;
}

/** A deployment of the upgrade, as far as it has come. */
export interface DeploymentRecord {
  readonly format: 1;
  readonly name: string;
  readonly network: string;
  readonly chainId: number;
  /** Of block 0: development chains share their numbers. */
  readonly genesisHash: Hex;
  /** The latest block when the deployment began. */
  readonly startBlock: bigint;
  readonly status: "running" | "complete";
  readonly deployer: Address;
  readonly build: BuildDescription;
  readonly parameters: UpgradeParameters;
  readonly plan: UpgradePlan;
  readonly addresses: DeployedAddresses;
  readonly steps: readonly DeploymentStep[];
}
