import type { PrivateKeyAccount } from "viem";

import { OPEN_TERMS } from "../../harness/network/deployBuildAhead.ts";
import { mainnetLikeConfig } from "../../harness/network/networkConfig.ts";
import type { EmbeddedNetwork } from "../../harness/network/openEmbeddedNetwork.ts";
import { World } from "../../harness/world/world.ts";
import { embeddedNetwork } from "./networks.ts";

/** A world whose first rollup is the extended one. */
export interface ExtendedWorld extends World {
  readonly network: EmbeddedNetwork;
  /** Sends what a proposer does not send itself. */
  readonly rescuer: PrivateKeyAccount;
  /** The first slot of the first epoch with a committee. */
  readonly firstSlot: bigint;
}

/**
 * Mainnet's shape, short of an upgrade and with another committee. Later calls with the same size reuse the chain: one at a time.
 * @param committee Members, out of as many validators
 */
export async function openExtendedWorld(committee: number): Promise<ExtendedWorld> {
  const config = mainnetLikeConfig();
  const network = await embeddedNetwork({
    config: { ...config, rollup: { ...config.rollup, targetCommitteeSize: BigInt(committee), inboxLag: 2n } },
    validatorCount: committee,
    terms: OPEN_TERMS,
  });
  const world = new World({ network, rollup: network.rollup, keys: network.validators, seed: "prototypes" });
  return Object.assign(world, {
    network,
    rescuer: await world.account("rescuer"),
    firstSlot: world.firstSlotOf(network.firstEpoch),
  });
}
