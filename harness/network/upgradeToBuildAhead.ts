import { deployBuildAhead, type DeployBuildAheadOptions } from "./deployBuildAhead.ts";
import type { RollupDeployment } from "./deployment.ts";
import { registerRollup, type GovernancePath, type GovernanceWalk } from "./governance.ts";
import type { EmbeddedNetwork } from "./openEmbeddedNetwork.ts";
import { advanceToEpoch, firstEpochSampledAfter } from "./rollupReads.ts";

export interface UpgradeOptions extends DeployBuildAheadOptions {
  /** Default `signal`. */
  readonly path?: GovernancePath;
}

/** An embedded network after governance made the extended rollup canonical. */
export interface UpgradedNetwork extends EmbeddedNetwork {
  readonly buildAhead: RollupDeployment;
  readonly walk: GovernanceWalk;
  /** The first epoch of `buildAhead` with a committee; the clock stands at its first second. */
  readonly firstBuildAheadEpoch: bigint;
}

/** Deploys the extended rollup, walks governance, and waits until the validators that followed can be sampled for it. */
export async function upgradeToBuildAhead(
  network: EmbeddedNetwork,
  options: UpgradeOptions = {},
): Promise<UpgradedNetwork> {
  const { chain, validators } = network;
  const buildAhead = await deployBuildAhead(network, options);
  const walk = await registerRollup(network, { rollup: buildAhead, path: options.path ?? "signal", validators });
  const firstBuildAheadEpoch = firstEpochSampledAfter(buildAhead, walk.registeredAt);
  await advanceToEpoch(chain, buildAhead, firstBuildAheadEpoch);
  return { ...network, buildAhead, walk, firstBuildAheadEpoch };
}
