import { DEFAULT_SEED, openEmbeddedChain, type EmbeddedChainOptions } from "../l1/embeddedChain.ts";
import type { AztecDeployment } from "./deployment.ts";
import { deployV4Stack } from "./deployV4Stack.ts";
import { makeValidators, type MakeValidatorsOptions } from "./makeValidators.ts";
import { mainnetLikeConfig, type NetworkConfig } from "./networkConfig.ts";
import { stakeValidators, TooFewValidatorsError } from "./stakeValidators.ts";
import type { Validator } from "./validator.ts";

export interface EmbeddedNetworkOptions extends EmbeddedChainOptions {
  /** Default {@link mainnetLikeConfig}. */
  readonly config?: NetworkConfig;
  /** Default 64. */
  readonly validatorCount?: number;
  readonly onKeyProgress?: MakeValidatorsOptions["onProgress"];
}

/** A chain in this process with the v4 stack on it and validators that can be sampled. */
export interface EmbeddedNetwork extends AztecDeployment {
  readonly validators: readonly Validator[];
  /** The first epoch whose committee comes from the complete set; the clock stands at its first second. */
  readonly firstEpoch: bigint;
}

/**
 * Opens an embedded chain, deploys v4 and brings the validators in.
 * @throws TooFewValidatorsError, InvalidNetworkConfigError, UnsupportedL1FeatureError before any work is done.
 */
export async function openEmbeddedNetwork(options: EmbeddedNetworkOptions = {}): Promise<EmbeddedNetwork> {
  const { config = mainnetLikeConfig(), validatorCount = 64, seed = DEFAULT_SEED, onKeyProgress } = options;
  if (BigInt(validatorCount) < config.rollup.targetCommitteeSize) {
    throw new TooFewValidatorsError(validatorCount, config.rollup.targetCommitteeSize);
  }
  const chain = await openEmbeddedChain(options);
  const deployment = await deployV4Stack(chain, { config, seed });
  const validators = await makeValidators(chain, {
    seed,
    count: validatorCount,
    gse: deployment.contracts.gse,
    ...(onKeyProgress === undefined ? {} : { onProgress: onKeyProgress }),
  });
  const firstEpoch = await stakeValidators(deployment, validators);
  return { ...deployment, validators, firstEpoch };
}
