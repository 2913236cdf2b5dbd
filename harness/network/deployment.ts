import type { Address } from "viem";

import type { LateSubmissionTerms } from "../protocol/terms.ts";
import type { GenesisState, RollupConfig } from "../upstream/rollupConfig.ts";
import type { AztecContracts, AztecNetwork } from "./contracts.ts";
import type { Deployer } from "./deployer.ts";
import type { NetworkConfig } from "./networkConfig.ts";
import type { Provisioner } from "./provisioner.ts";
import type { Rollup } from "./rollup.ts";

/** A rollup version that was deployed here: what the chain does not tell about it. */
export interface DeployedRollup extends Rollup {
  readonly kind: "upstream" | "build-ahead";
  readonly verifier: Address;
  readonly slashFactory: Address;
  /** External libraries by the name under which the rollup links them. */
  readonly libraries: Readonly<Record<string, Address>>;
  readonly config: RollupConfig;
  readonly genesis: GenesisState;
  /** Terms at deployment; only for `build-ahead`. */
  readonly terms?: LateSubmissionTerms;
}

/** The shared contracts of a deployment that was made here. */
export interface DeployedContracts extends AztecContracts {
  readonly coinIssuer: Address;
  readonly dateGatedRelayer: Address;
}

/** A v4 stack that was deployed here, with the keys that deployed it. */
export interface DeployedNetwork extends AztecNetwork {
  readonly config: NetworkConfig;
  /** Deployed everything and may still mint both test tokens; owns nothing else. */
  readonly deployer: Deployer;
  readonly provisioner: Provisioner;
  readonly contracts: DeployedContracts;
  readonly rollup: DeployedRollup;
}
