import aztecGovernanceModule from "../../ignition/modules/aztecGovernance.ts";
import handoverModule from "../../ignition/modules/handover.ts";
import type { Artifacts } from "../hardhatRuntime.ts";
import { deriveAccount } from "../l1/deriveAccount.ts";
import { DEFAULT_SEED } from "../l1/embeddedChain.ts";
import type { L1Chain } from "../l1/l1Chain.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import type { Deployer } from "./deployer.ts";
import type { DeployedNetwork } from "./deployment.ts";
import { deployModule } from "./deployModule.ts";
import { deployRollup } from "./deployRollup.ts";
import { ensureMulticall3 } from "./multicall3.ts";
import { assertValidConfig, mainnetLikeConfig, type NetworkConfig } from "./networkConfig.ts";
import { Provisioner } from "./provisioner.ts";

export interface DeployV4StackOptions {
  /** Default {@link mainnetLikeConfig}. */
  readonly config?: NetworkConfig;
  /** Derives the deployer; default the chain's default seed. */
  readonly seed?: string;
  /** Given: the first rollup is the extended one already, with these terms, as if there had never been another. */
  readonly terms?: LateSubmissionTerms;
  /** Called when everything but the first rollup is there. */
  readonly beforeRollup?: (deployer: Deployer) => Promise<void>;
}

/** Wei of whoever deploys. */
const DEPLOYER_BALANCE = 10n ** 24n;

/**
 * Deploys the published v4 stack as upstream's scripts do: shared contracts, first rollup, registration, handover.
 *
 * Never deploy two rollups in one block with one genesis: the digests that attestations sign carry no rollup domain.
 *
 * @throws InvalidNetworkConfigError before anything is sent.
 * @throws IgnitionDeploymentError when a contract refuses.
 */
export async function deployV4Stack(
  artifacts: Artifacts,
  chain: L1Chain,
  options: DeployV4StackOptions = {},
): Promise<DeployedNetwork> {
  const { config = mainnetLikeConfig(), seed = DEFAULT_SEED, terms, beforeRollup } = options;
  assertValidConfig(config);
  const { account } = deriveAccount(seed, "deployer");
  await chain.setBalance(account.address, DEPLOYER_BALANCE);
  const deployer: Deployer = { chain, account, artifacts };

  const multicall3 = await ensureMulticall3(deployer);
  const shared = await deployModule(deployer, aztecGovernanceModule, { AztecGovernance: governanceParameters(config) });
  const contracts = { ...shared, multicall3 };
  await beforeRollup?.(deployer);
  const rollup = await deployRollup(deployer, {
    contracts,
    owner: account.address,
    config: config.rollup,
    genesis: config.genesis,
    ...(terms === undefined ? {} : { terms }),
  });
  await deployModule(deployer, handoverModule, {
    Handover: {
      registry: contracts.registry,
      gse: contracts.gse,
      rollup: rollup.address,
      feeAsset: contracts.feeAsset,
      coinIssuer: contracts.coinIssuer,
      governance: contracts.governance,
      dateGatedRelayer: contracts.dateGatedRelayer,
      feeJuicePortal: rollup.feeJuicePortal,
      feeJuicePortalFunding: config.feeJuicePortalFunding,
      rewardsClaimable: config.rewardsClaimable,
    },
  });
  return { chain, config, deployer, provisioner: new Provisioner(deployer, contracts), contracts, rollup };
}

/** The shared contracts' constructor arguments as their Ignition module takes them. */
export function governanceParameters(config: NetworkConfig) {
  return {
    initialFeeAssetSupply: config.initialFeeAssetSupply,
    coinIssuerRate: config.coinIssuerRate,
    activationThreshold: config.gse.activationThreshold,
    ejectionThreshold: config.gse.ejectionThreshold,
    governanceProposerQuorum: config.governanceProposer.quorum,
    governanceProposerRoundSize: config.governanceProposer.roundSize,
    governanceConfig: { ...config.governance, proposeConfig: { ...config.governance.proposeConfig } },
    coinIssuerGatedUntil: config.coinIssuerGatedUntil,
    rewardDistributorFunding: config.rewardDistributorFunding,
  };
}
