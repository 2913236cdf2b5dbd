import { zeroAddress } from "viem";

import { buildAheadConfig } from "../network/deployBuildAhead.ts";
import { assertMockAllowed } from "../network/deployRollup.ts";
import type { NetworkConfig } from "../network/networkConfig.ts";
import type { DeploymentPlan } from "./deploymentRecord.ts";
import type { DeploymentTarget } from "./deploymentTarget.ts";
import { parseTerms, type UpgradeParameters } from "./upgradeParameters.ts";

/**
 * Decides what a new network will be: upstream's shared contracts with test tokens, and the extended rollup as its first. There is no
 * canonical rollup whose verifier it could take, so without one in the parameters it gets the mock. Sends nothing.
 *
 * @throws InvalidParametersError when the window would be longer than a slot.
 * @throws MockVerifierRefusedError off local chains, without a verifier.
 */
export function planFresh(
  { node }: Pick<DeploymentTarget, "node">,
  fresh: NetworkConfig,
  parameters: UpgradeParameters,
): DeploymentPlan {
  const verifier = parameters.verifier === "canonical" ? "mock" : parameters.verifier;
  if (verifier === "mock") assertMockAllowed(node.chainId);
  const { rollup, genesis } = fresh;
  return {
    fresh,
    contracts: {
      registry: zeroAddress,
      governance: zeroAddress,
      gse: zeroAddress,
      feeAsset: zeroAddress,
      stakingAsset: zeroAddress,
      rewardDistributor: zeroAddress,
    },
    canonical: zeroAddress,
    config: buildAheadConfig({ ...rollup, inboxLag: parameters.inboxLag }),
    genesis,
    terms: parseTerms(parameters.terms, rollup.aztecSlotDuration),
    verifier,
    rewardsClaimable: false,
    ...(parameters.penalties === undefined ? {} : { penalties: parameters.penalties }),
    differences: [],
  };
}
