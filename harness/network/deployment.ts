import type { Address, PrivateKeyAccount } from "viem";

import type { L1Chain } from "../l1/l1Chain.ts";
import type { GenesisState, NetworkConfig, RollupConfig } from "./networkConfig.ts";

/** `LateSubmissionTerms` of the extended rollup. */
export interface LateSubmissionTerms {
  /** Basis points of the proposer's share that go to the late submitter in the first second of the window. */
  readonly firstBps: number;
  /** What that rises to at the end of the window, in basis points. */
  readonly submitterBps: number;
  /** Basis points of the proposer's share that are burned in every case. */
  readonly burnBps: number;
  /** Seconds after the start of the next slot; 0 switches the feature off. */
  readonly windowSeconds: number;
  readonly crossEpoch: boolean;
}

/** One rollup version and the contracts that belong to it alone. */
export interface RollupDeployment {
  readonly kind: "upstream" | "build-ahead";
  readonly address: Address;
  readonly verifier: Address;
  readonly slashFactory: Address;
  readonly inbox: Address;
  readonly outbox: Address;
  readonly feeJuicePortal: Address;
  /** Zero without a committee. */
  readonly slasher: Address;
  /** External libraries by the name under which the rollup links them. */
  readonly libraries: Readonly<Record<string, Address>>;
  readonly config: RollupConfig;
  readonly genesis: GenesisState;
  /** Unix seconds of slot 0. */
  readonly genesisTime: bigint;
  /** Terms at deployment; only for `build-ahead`. */
  readonly terms?: LateSubmissionTerms;
}

/** The contracts that outlive a rollup version. */
export interface SharedContracts {
  readonly feeAsset: Address;
  readonly stakingAsset: Address;
  readonly coinIssuer: Address;
  readonly gse: Address;
  readonly registry: Address;
  readonly rewardDistributor: Address;
  readonly governanceProposer: Address;
  readonly governance: Address;
  readonly dateGatedRelayer: Address;
  readonly multicall3: Address;
}

/** An Aztec L1 deployment with its first rollup. */
export interface AztecDeployment {
  readonly chain: L1Chain;
  readonly config: NetworkConfig;
  /** Deployed everything and may still mint both test tokens; owns nothing else. */
  readonly deployer: PrivateKeyAccount;
  readonly contracts: SharedContracts;
  readonly rollup: RollupDeployment;
}
