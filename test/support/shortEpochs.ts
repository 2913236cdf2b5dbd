import { mainnetLikeConfig } from "../../harness/network/networkConfig.ts";
import type { LateSubmissionTerms } from "../../harness/protocol/terms.ts";
import { SlasherFlavor, type RollupConfig } from "../../harness/upstream/rollupConfig.ts";
import { upgradedNetwork } from "./networks.ts";
import { testWorldOn, type TestWorld } from "./world.ts";

export interface ShortEpochOptions {
  readonly config?: Partial<RollupConfig>;
  /** Default: what a deployment starts with. */
  readonly terms?: LateSubmissionTerms;
  /** Default 8. */
  readonly validatorCount?: number;
}

/**
 * A world on the extended rollup with epochs of four slots and, unless overridden, committees of four out of eight: everything
 * that settlement depends on happens often. Fresh state for every caller.
 * @param seed Decides the content of checkpoints, and accounts
 */
export async function openShortEpochWorld(seed: string, options: ShortEpochOptions = {}): Promise<TestWorld> {
  const { terms, validatorCount = 8 } = options;
  const config = mainnetLikeConfig();
  const rollup: RollupConfig = {
    ...config.rollup,
    aztecEpochDuration: 4n,
    targetCommitteeSize: 4n,
    slasherFlavor: SlasherFlavor.none,
    inboxLag: 2n,
    ...options.config,
  };
  const network = await upgradedNetwork(
    { config: { ...config, rollup }, validatorCount },
    // The lag is the same already, so the version has to tell the two rollups apart.
    { path: "lock", config: { ...rollup, version: 2 }, ...(terms === undefined ? {} : { terms }) },
  );
  return testWorldOn(network, seed);
}
