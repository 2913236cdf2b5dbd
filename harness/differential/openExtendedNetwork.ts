import type { HardhatRuntime } from "../hardhatRuntime.ts";
import { DEFAULT_SEED } from "../l1/embeddedChain.ts";
import type { NetworkConfig } from "../network/networkConfig.ts";
import { openEmbeddedNetwork, type EmbeddedNetwork } from "../network/openEmbeddedNetwork.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";

/** A network whose first rollup is the extended one: short of an upgrade, for properties that need none. */
export function openExtendedNetwork(
  hardhat: HardhatRuntime,
  config: NetworkConfig,
  terms: LateSubmissionTerms,
  validatorCount: number,
  seed: string = DEFAULT_SEED,
): Promise<EmbeddedNetwork> {
  return openEmbeddedNetwork(hardhat, { config, terms, validatorCount, seed });
}
