import type { Hex, TransactionReceipt } from "viem";

import type { ErrorAbi } from "../l1/l1Node.ts";
import type { DeployedContracts, DeployedNetwork, DeployedRollup } from "../network/deployment.ts";
import { errorAbiOf } from "../network/errorAbi.ts";
import { RollupAbi } from "../upstream/abis.ts";
import { World, type WorldOptions } from "../world/world.ts";

/** One of two networks that mirror each other: a world on the rollup that was deployed with it. */
export class Side extends World {
  declare readonly rollup: DeployedRollup;
  declare readonly contracts: DeployedContracts;
  readonly network: DeployedNetwork;
  /** Every custom error of the build. */
  readonly errorAbi: ErrorAbi;

  constructor(network: DeployedNetwork, { keys, seed }: Pick<WorldOptions, "keys" | "seed">) {
    super({ network, rollup: network.rollup, keys, seed });
    this.network = network;
    this.errorAbi = errorAbiOf(network.deployer.artifacts);
  }

  /** Calls the rollup as its owner, governance: an override where a vote would take weeks of chain time. Mines a block. */
  async executeAsOwner(data: Hex): Promise<TransactionReceipt> {
    const { address } = this.rollup;
    const owner = await this.chain.publicClient.readContract({ address, abi: RollupAbi, functionName: "owner" });
    return this.chain.executeAs(owner, { to: address, data });
  }
}
