import { firstEpochSampledAfter } from "../protocol/time.ts";
import { advanceToEpoch } from "./advance.ts";
import { deployBuildAhead, type DeployBuildAheadOptions } from "./deployBuildAhead.ts";
import type { DeployedRollup } from "./deployment.ts";
import { registerRollup, type GovernancePath, type GovernanceWalk } from "./governance.ts";
import type { EmbeddedNetwork } from "./openEmbeddedNetwork.ts";

export interface UpgradeOptions extends DeployBuildAheadOptions {
  /** Default `signal`. */
  readonly path?: GovernancePath;
}

/** An embedded network after governance made the extended rollup canonical. */
export interface UpgradedNetwork extends EmbeddedNetwork {
  readonly buildAhead: DeployedRollup;
  readonly walk: GovernanceWalk;
  /** The first epoch of `buildAhead` with a committee; the clock stands at its first second. */
  readonly firstBuildAheadEpoch: bigint;
}

/** Deploys the extended rollup, walks governance, and waits until the validators that followed can be sampled for it. */
export async function upgradeToBuildAhead(
  network: EmbeddedNetwork,
  options: UpgradeOptions = {},
): Promise<UpgradedNetwork> {
  const { chain, deployer, provisioner, validators } = network;
  const buildAhead = await deployBuildAhead(network, options);
  const walk = await registerRollup(network, {
    deployer,
    rollup: buildAhead,
    path: options.path ?? "signal",
    signerOf: (address) => validators.find((validator) => validator.address === address)?.account,
    fund: (account, amount) => provisioner.mintStakingAsset(account, amount),
  });
  const firstBuildAheadEpoch = firstEpochSampledAfter(buildAhead.timing, walk.registeredAt);
  await advanceToEpoch(chain, buildAhead, firstBuildAheadEpoch);
  return { ...network, buildAhead, walk, firstBuildAheadEpoch };
}
