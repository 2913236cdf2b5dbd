import type { Address } from "viem";

import buildAheadRollupModule from "../../ignition/modules/buildAheadRollup.ts";
import upstreamRollupModule from "../../ignition/modules/upstreamRollup.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import { computeRollupVersion, type GenesisState, type RollupConfig } from "../upstream/rollupConfig.ts";
import type { AztecContracts } from "./contracts.ts";
import type { Deployer } from "./deployer.ts";
import type { DeployedRollup } from "./deployment.ts";
import { deployModule } from "./deployModule.ts";
import { readLinkedLibraries } from "./linkedLibraries.ts";
import { readRollup } from "./rollup.ts";

export interface DeployRollupOptions {
  readonly contracts: Pick<AztecContracts, "feeAsset" | "stakingAsset" | "gse" | "rewardDistributor">;
  /** Owner from the constructor on, and for good the `GOVERNANCE` that may slash directly. */
  readonly owner: Address;
  /** `version` 0 is computed; the reward distributor is filled in. */
  readonly config: RollupConfig;
  readonly genesis: GenesisState;
  /** Given: the extended rollup is deployed, with these terms. */
  readonly terms?: LateSubmissionTerms;
}

/** Deploys a rollup version with its verifier and libraries; registers nothing and hands nothing over. */
export async function deployRollup(deployer: Deployer, options: DeployRollupOptions): Promise<DeployedRollup> {
  const { chain, artifacts } = deployer;
  const { contracts, owner, genesis, terms } = options;
  const filled: RollupConfig = {
    ...options.config,
    rewardConfig: { ...options.config.rewardConfig, rewardDistributor: contracts.rewardDistributor },
  };
  const version = filled.version === 0 ? computeRollupVersion(filled, genesis) : filled.version;
  const config = { ...filled, version };
  const shared = {
    feeAsset: contracts.feeAsset,
    stakingAsset: contracts.stakingAsset,
    gse: contracts.gse,
    owner,
    genesisState: { ...genesis },
    config: { ...config, slashAmounts: [...config.slashAmounts] },
  };
  const deployed =
    terms === undefined
      ? await deployModule(deployer, upstreamRollupModule, { UpstreamRollup: shared })
      : await deployModule(deployer, buildAheadRollupModule, { BuildAheadRollup: { ...shared, terms: { ...terms } } });
  const { rollup: address, verifier, slashFactory } = deployed;
  const kind = terms === undefined ? "upstream" : "build-ahead";
  return {
    ...(await readRollup(chain, address)),
    kind,
    verifier,
    slashFactory,
    // The code on chain names what it calls later; the slasher libraries are called by the constructor only.
    libraries: {
      TallySlasherDeploymentExtLib: deployed.tallySlasherDeployment,
      EmpireSlasherDeploymentExtLib: deployed.empireSlasherDeployment,
      ...(await readLinkedLibraries(artifacts, chain, kind === "upstream" ? "Rollup" : "BuildAheadRollup", address)),
    },
    config,
    genesis,
    ...(terms === undefined ? {} : { terms }),
  };
}
