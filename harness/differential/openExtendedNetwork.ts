import { DEFAULT_SEED, openEmbeddedChain } from "../l1/embeddedChain.ts";
import { deployV4Stack } from "../network/deployV4Stack.ts";
import { makeValidators } from "../network/makeValidators.ts";
import type { NetworkConfig } from "../network/networkConfig.ts";
import type { EmbeddedNetwork } from "../network/openEmbeddedNetwork.ts";
import { stakeValidators } from "../network/stakeValidators.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";

/** A network whose first rollup is the extended one: short of an upgrade, for properties that need none. */
export async function openExtendedNetwork(
  config: NetworkConfig,
  terms: LateSubmissionTerms,
  validatorCount: number,
  seed: string = DEFAULT_SEED,
): Promise<EmbeddedNetwork> {
  const chain = await openEmbeddedChain({ seed });
  const deployment = await deployV4Stack(chain, { config, seed, terms });
  const validators = await makeValidators(chain, { seed, count: validatorCount, gse: deployment.contracts.gse });
  const firstEpoch = await stakeValidators(deployment, validators);
  return { ...deployment, validators, firstEpoch };
}
