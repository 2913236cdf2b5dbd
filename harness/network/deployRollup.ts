import type { Address } from "viem";

import buildAheadRollupModule from "../../ignition/modules/buildAheadRollup.ts";
import mockVerifierModule from "../../ignition/modules/mockVerifier.ts";
import upstreamRollupModule from "../../ignition/modules/upstreamRollup.ts";
import { BuildAheadError } from "../errors.ts";
import { LOCAL_CHAIN_ID } from "../l1/embeddedChain.ts";
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
  /** Who verifies the proofs of epochs. Default, on a local chain only: a new mock, which accepts any proof. */
  readonly verifier?: Address;
}

/** Somebody would have deployed a rollup whose proofs nobody verifies where that matters. */
export class MockVerifierRefusedError extends BuildAheadError {
  constructor(chainId: number) {
    super("The mock verifier accepts any proof and is for local chains: name a verifier", { fields: { chainId } });
  }
}

/**
 * Deploys a rollup version with its libraries; registers nothing and hands nothing over.
 * @throws MockVerifierRefusedError before anything is deployed.
 */
export async function deployRollup(deployer: Deployer, options: DeployRollupOptions): Promise<DeployedRollup> {
  const { chain, artifacts } = deployer;
  const { contracts, owner, genesis, terms } = options;
  const config = completeConfig(options.config, contracts, genesis);
  const verifier = options.verifier ?? (await deployMockVerifier(deployer));
  const shared = rollupParameters({ contracts, verifier, owner, genesis, config });
  const deployed =
    terms === undefined
      ? await deployModule(deployer, upstreamRollupModule, { UpstreamRollup: shared })
      : await deployModule(deployer, buildAheadRollupModule, { BuildAheadRollup: { ...shared, terms: { ...terms } } });
  const { rollup: address, slashFactory } = deployed;
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
      ...(terms === undefined
        ? {}
        : await readLinkedLibraries(artifacts, chain, "BuildAheadOperationsExtLib", deployed.operations)),
      ...(await readLinkedLibraries(artifacts, chain, kind === "upstream" ? "Rollup" : "BuildAheadRollup", address)),
    },
    config,
    genesis,
    ...(terms === undefined ? {} : { terms }),
  };
}

/** @throws MockVerifierRefusedError off local chains. */
export function assertMockAllowed(chainId: number): void {
  if (chainId !== LOCAL_CHAIN_ID) throw new MockVerifierRefusedError(chainId);
}

/** Fills in the reward distributor, and the version if it is 0. */
export function completeConfig(
  config: RollupConfig,
  { rewardDistributor }: Pick<AztecContracts, "rewardDistributor">,
  genesis: GenesisState,
): RollupConfig {
  const filled = { ...config, rewardConfig: { ...config.rewardConfig, rewardDistributor } };
  return filled.version === 0 ? { ...filled, version: computeRollupVersion(filled, genesis) } : filled;
}

/** A rollup's constructor arguments as the Ignition modules of both rollups take them. */
export function rollupParameters(
  options: Pick<DeployRollupOptions, "owner" | "genesis" | "config"> & {
    readonly contracts: Pick<AztecContracts, "feeAsset" | "stakingAsset" | "gse">;
    readonly verifier: Address;
  },
) {
  const { contracts, verifier, owner, genesis, config } = options;
  return {
    feeAsset: contracts.feeAsset,
    stakingAsset: contracts.stakingAsset,
    gse: contracts.gse,
    verifier,
    owner,
    genesisState: { ...genesis },
    config: { ...config, slashAmounts: [...config.slashAmounts] },
  };
}

async function deployMockVerifier(deployer: Deployer): Promise<Address> {
  assertMockAllowed(deployer.chain.chainId);
  return (await deployModule(deployer, mockVerifierModule)).verifier;
}
