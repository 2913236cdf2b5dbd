import hardhat from "hardhat";

import { openRpcChain } from "../../harness/l1/openRpcChain.ts";
import { startAnvil } from "../../harness/l1/startAnvil.ts";
import type { DeployedNetwork } from "../../harness/network/deployment.ts";
import { OPEN_TERMS } from "../../harness/network/deployBuildAhead.ts";
import { deployV4Stack } from "../../harness/network/deployV4Stack.ts";
import { errorAbiOf } from "../../harness/network/errorAbi.ts";
import { makeValidators } from "../../harness/network/makeValidators.ts";
import type { NetworkConfig } from "../../harness/network/networkConfig.ts";
import type { LateSubmissionTerms } from "../../harness/protocol/terms.ts";
import { World } from "../../harness/world/world.ts";
import { smallConfig } from "./world.ts";

/** A world on an anvil of its own, whose first rollup is the extended one. */
export interface AnvilWorld extends World {
  readonly network: DeployedNetwork;
  /** Where the node answers, for those who bring their own connection. */
  readonly url: string;
  /** The second slot of the first epoch with a committee. */
  readonly firstSlot: bigint;
  close(): Promise<void>;
}

export interface AnvilWorldOptions {
  readonly seed: string;
  /** Default {@link smallConfig}. */
  readonly config?: NetworkConfig;
  /** Default: an open window. */
  readonly terms?: LateSubmissionTerms;
  /** Default 8. */
  readonly validatorCount?: number;
}

/** Starts anvil and deploys. For suites that are described with `describeWithAnvil`. */
export async function openAnvilWorld(options: AnvilWorldOptions): Promise<AnvilWorld> {
  const { seed, config = smallConfig(), terms = OPEN_TERMS, validatorCount: count = 8 } = options;
  const anvil = await startAnvil();
  const chain = await openRpcChain({
    url: anvil.url,
    baseFeePerGas: 10n ** 9n,
    errorAbi: errorAbiOf(hardhat.artifacts),
  });
  const inboxLag = config.rollup.inboxLag < 2n ? 2n : config.rollup.inboxLag;
  const lagged = { ...config, rollup: { ...config.rollup, inboxLag } };
  const network = await deployV4Stack(hardhat.artifacts, chain, { config: lagged, terms });
  const keys = await makeValidators(chain, { seed, count, gse: network.contracts.gse });
  const firstEpoch = await network.provisioner.ensureStaked(keys, network.rollup);
  const world = new World({ network, rollup: network.rollup, keys, seed });
  return Object.assign(world, {
    network,
    url: anvil.url,
    firstSlot: world.firstSlotOf(firstEpoch) + 1n,
    close: () => anvil.stop(),
  });
}
