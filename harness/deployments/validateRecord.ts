import { isAddressEqual } from "viem";

import { BuildAheadError } from "../errors.ts";
import type { DeploymentRecord } from "./deploymentRecord.ts";
import type { DeploymentTarget } from "./deploymentTarget.ts";
import { stringifyRecord } from "./recordJson.ts";
import type { UpgradeParameters } from "./upgradeParameters.ts";

/** A record is of another deployment than the one that is asked for. */
export class RecordMismatchError extends BuildAheadError {
  constructor(field: string, recorded: string | number, found: string | number) {
    super(`The record is of another deployment, its ${field} differs: name another record with --name`, {
      fields: { recorded, found },
    });
  }
}

/** A deployment began with other parameters than it is to go on with. */
export class ChangedParametersError extends BuildAheadError {
  constructor() {
    super("The parameters are not those with which the deployment began: go on with those, or name another with --name");
  }
}

/**
 * A record may be gone on with only on its own chain, by its own deployer.
 * @throws RecordMismatchError
 */
async function assertSameChain(
  { network, node }: Pick<DeploymentTarget, "network" | "node">,
  record: DeploymentRecord,
): Promise<void> {
  const compare = (field: string, recorded: string | number, found: string | number) => {
    if (recorded !== found) throw new RecordMismatchError(field, recorded, found);
  };
  compare("network", record.network, network);
  compare("chain id", record.chainId, node.chainId);
  compare("genesis block", record.genesisHash, (await node.publicClient.getBlock({ blockNumber: 0n })).hash);
}

/** @throws RecordMismatchError, ChangedParametersError */
export async function assertSameDeployment(
  target: Pick<DeploymentTarget, "network" | "node" | "sender">,
  record: DeploymentRecord,
  parameters: UpgradeParameters,
): Promise<void> {
  await assertSameChain(target, record);
  if (!isAddressEqual(record.deployer, target.sender)) {
    throw new RecordMismatchError("deployer", record.deployer, target.sender);
  }
  if (stringifyRecord(record.parameters) !== stringifyRecord(parameters)) throw new ChangedParametersError();
}
