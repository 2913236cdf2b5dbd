import type { LateSubmissionTerms } from "../protocol/terms.ts";
import type { RollupConfig } from "../upstream/rollupConfig.ts";
import { assertDeployment } from "./checkDeployment.ts";
import type { AztecContracts } from "./contracts.ts";
import type { Deployer } from "./deployer.ts";
import type { DeployedRollup } from "./deployment.ts";
import { deployRollup, type DeployRollupOptions } from "./deployRollup.ts";
import type { NetworkConfig } from "./networkConfig.ts";

/**
 * Terms of a deployment: the window is closed, and the rollup behaves like upstream's until governance opens it. The shares are
 * in force until the economics recommend better: a tenth rising to half to the submitter, 75 % forfeited in all.
 */
export const CLOSED_TERMS: LateSubmissionTerms = {
  firstBps: 1_000,
  submitterBps: 5_000,
  burnBps: 2_500,
  windowSeconds: 0,
  crossEpoch: false,
};

/** Terms that a second payload sets once clients are ready: the same shares, a window of two L1 blocks. */
export const OPEN_TERMS: LateSubmissionTerms = { ...CLOSED_TERMS, windowSeconds: 24 };

export interface DeployBuildAheadOptions extends Pick<DeployRollupOptions, "verifier"> {
  /** Default {@link CLOSED_TERMS}. */
  readonly terms?: LateSubmissionTerms;
  /** Default: the first rollup's configuration with `inboxLag` 2 and a version of its own. */
  readonly config?: RollupConfig;
}

/** What has to be known of a deployment to put another rollup beside its own. */
export interface UpgradedFrom {
  readonly deployer: Deployer;
  readonly contracts: AztecContracts;
  /** Of the rollup that is there. */
  readonly config: Pick<NetworkConfig, "rollup" | "genesis">;
}

/**
 * The configuration of a build-ahead deployment: the same as a rollup's, with the one intended difference. With an inbox lag
 * of 1 a child built before its parent landed dies on any message sent in between.
 */
export function buildAheadConfig(config: RollupConfig): RollupConfig {
  return { ...config, inboxLag: config.inboxLag < 2n ? 2n : config.inboxLag, version: 0 };
}

/**
 * Deploys the extended rollup next to an existing deployment, owned by governance from its constructor on (upstream's
 * script makes the deployer the owner first, which leaves it the slasher's `GOVERNANCE` for good). Registers nothing.
 *
 * @throws MockVerifierRefusedError before anything is deployed.
 * @throws DeploymentCheckError when what was deployed is not what was asked for.
 */
export async function deployBuildAhead(
  { deployer, contracts, config }: UpgradedFrom,
  options: DeployBuildAheadOptions = {},
): Promise<DeployedRollup> {
  const { terms = CLOSED_TERMS } = options;
  const rollup = await deployRollup(deployer, {
    contracts,
    owner: contracts.governance,
    config: options.config ?? buildAheadConfig(config.rollup),
    genesis: config.genesis,
    terms,
    ...(options.verifier === undefined ? {} : { verifier: options.verifier }),
  });
  const { verifier, slashFactory, genesis } = rollup;
  await assertDeployment(deployer.artifacts, deployer.chain, rollup.address, {
    contracts,
    owner: contracts.governance,
    config: rollup.config,
    genesis,
    verifier,
    terms,
    slashFactory,
  });
  return rollup;
}
