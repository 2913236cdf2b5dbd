import { mainnetLikeConfig } from "../../harness/network/networkConfig.ts";
import type { UpgradedNetwork } from "../../harness/network/upgradeToBuildAhead.ts";
import type { LateSubmissionTerms } from "../../harness/protocol/terms.ts";
import { SlasherFlavor, type RollupConfig } from "../../harness/upstream/rollupConfig.ts";
import { upgradedNetwork } from "../support/networks.ts";

/** Slots of an epoch: few, so that rings wrap and proofs are cheap to make. */
export const SHORT_EPOCH_DURATION = 4n;

/**
 * The extended rollup with epochs of four slots and, unless overridden, committees of four out of eight: everything that settlement depends on
 * happens often. Fresh state for every caller.
 */
export function shortEpochNetwork(
  overrides: Partial<RollupConfig> = {},
  terms?: LateSubmissionTerms,
  validatorCount = 8,
): Promise<UpgradedNetwork> {
  const config = mainnetLikeConfig();
  const rollup: RollupConfig = {
    ...config.rollup,
    aztecEpochDuration: SHORT_EPOCH_DURATION,
    targetCommitteeSize: 4n,
    slasherFlavor: SlasherFlavor.none,
    inboxLag: 2n,
    ...overrides,
  };
  return upgradedNetwork(
    { config: { ...config, rollup }, validatorCount },
    // The lag is the same already, so the version has to tell the two rollups apart.
    { path: "lock", config: { ...rollup, version: 2 }, ...(terms === undefined ? {} : { terms }) },
  );
}
