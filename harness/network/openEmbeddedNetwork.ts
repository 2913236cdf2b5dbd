import type { HardhatRuntime } from "../hardhatRuntime.ts";
import { DEFAULT_SEED, openEmbeddedChain, type EmbeddedChainOptions } from "../l1/embeddedChain.ts";
import type { DeployedNetwork } from "./deployment.ts";
import { deployV4Stack } from "./deployV4Stack.ts";
import { errorAbiOf } from "./errorAbi.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import { makeValidators, type MakeValidatorsOptions } from "./makeValidators.ts";
import { mainnetLikeConfig, type NetworkConfig } from "./networkConfig.ts";
import { TooFewValidatorsError } from "./stakeValidators.ts";
import type { Validator } from "./validator.ts";

export interface EmbeddedNetworkOptions extends Omit<EmbeddedChainOptions, "errorAbi"> {
  /** Default {@link mainnetLikeConfig}. */
  readonly config?: NetworkConfig;
  /** Default 64. */
  readonly validatorCount?: number;
  /** Given: the first rollup is the extended one already, with these terms. */
  readonly terms?: LateSubmissionTerms;
  readonly onKeyProgress?: MakeValidatorsOptions["onProgress"];
}

/** A chain in this process with the v4 stack on it and validators that can be sampled. */
export interface EmbeddedNetwork extends DeployedNetwork {
  readonly validators: readonly Validator[];
  /** The first epoch whose committee comes from the complete set; the clock stands at its first second. */
  readonly firstEpoch: bigint;
}

/**
 * Opens an embedded chain, deploys v4 and brings the validators in.
 * @throws TooFewValidatorsError, InvalidNetworkConfigError, UnsupportedL1FeatureError before any work is done.
 */
export async function openEmbeddedNetwork(
  hardhat: HardhatRuntime,
  options: EmbeddedNetworkOptions = {},
): Promise<EmbeddedNetwork> {
  const { config = mainnetLikeConfig(), validatorCount = 64, seed = DEFAULT_SEED, terms, onKeyProgress } = options;
  if (BigInt(validatorCount) < config.rollup.targetCommitteeSize) {
    throw new TooFewValidatorsError(validatorCount, config.rollup.targetCommitteeSize);
  }
  const { artifacts } = hardhat;
  const chain = await openEmbeddedChain(hardhat, { ...options, errorAbi: errorAbiOf(artifacts) });
  const network = await deployV4Stack(artifacts, chain, {
    config,
    seed,
    ...(terms === undefined ? {} : { terms }),
  });
  const validators = await makeValidators(chain, {
    seed,
    count: validatorCount,
    gse: network.contracts.gse,
    ...(onKeyProgress === undefined ? {} : { onProgress: onKeyProgress }),
  });
  const firstEpoch = await network.provisioner.ensureStaked(validators, network.rollup);
  return { ...network, validators, firstEpoch };
}
