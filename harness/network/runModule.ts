import { HardhatArtifactResolver } from "@nomicfoundation/hardhat-ignition/helpers";
import {
  deploy,
  DeploymentResultType,
  type DeploymentParameters,
  type DeploymentResult,
  type ExecutionEventListener,
  type IgnitionModule,
  type IgnitionModuleResult,
} from "@nomicfoundation/ignition-core";
import { getAddress, type Address } from "viem";

import { BuildAheadError } from "../errors.ts";
import type { Artifacts } from "../hardhatRuntime.ts";
import type { L1Provider } from "../l1/l1Backend.ts";

/** An Ignition module did not run to its end. */
export class IgnitionDeploymentError extends BuildAheadError {
  readonly result: DeploymentResult;

  constructor(moduleId: string, result: DeploymentResult) {
    super("An Ignition module was not deployed", {
      fields: {
        moduleId,
        result: result.type,
        detail: JSON.stringify(result, (_key, value: unknown) =>
          typeof value === "bigint" ? value.toString() : value,
        ),
      },
    });
    this.result = result;
  }
}

/**
 * Ignition hands every ABI to ethers, which warns about each function of an external library: their ABIs name Solidity
 * types. Nothing calls those functions from outside, so deployment does without them.
 */
export class QuietArtifactResolver extends HardhatArtifactResolver {
  override async loadArtifact(contractName: string) {
    const artifact = await super.loadArtifact(contractName);
    if (!artifact.contractName.endsWith("ExtLib")) return artifact;
    return { ...artifact, abi: artifact.abi.filter(({ type }: { type: string }) => type !== "function") };
  }
}

export interface RunModuleOptions {
  readonly artifacts: Artifacts;
  /** Answers `eth_sendTransaction` for the sender. */
  readonly provider: L1Provider;
  readonly sender: Address;
  /** Where Ignition keeps its journal; default nowhere: then nothing can be resumed. */
  readonly directory?: string;
  /** L1 blocks on top of a transaction, its own included, before it counts; default 1. */
  readonly confirmations?: number;
  /** Milliseconds between looks at the chain; default 1, for chains that mine at once. */
  readonly pollingInterval?: number;
  /** Called after each entry of the journal. */
  readonly onProgress?: () => void;
}

/**
 * Runs an Ignition module and returns the addresses of its results. With a directory, a second run takes up what the first one left.
 *
 * @throws IgnitionDeploymentError when a future fails.
 */
export async function runModule<
  ModuleId extends string,
  ContractName extends string,
  Results extends IgnitionModuleResult<ContractName>,
>(
  options: RunModuleOptions,
  ignitionModule: IgnitionModule<ModuleId, ContractName, Results>,
  parameters: DeploymentParameters = {},
): Promise<{ readonly [name in keyof Results]: Address }> {
  const { artifacts, provider, sender, directory, confirmations = 1, pollingInterval = 1, onProgress } = options;
  const result = await deploy({
    artifactResolver: new QuietArtifactResolver(artifacts),
    provider,
    ignitionModule,
    deploymentParameters: parameters,
    accounts: [sender],
    defaultSender: sender,
    config: { blockPollingInterval: pollingInterval, requiredConfirmations: confirmations },
    ...(directory === undefined ? {} : { deploymentDir: directory }),
    ...(onProgress === undefined ? {} : { executionEventListener: listenToAll(onProgress) }),
  });
  if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT) {
    throw new IgnitionDeploymentError(ignitionModule.id, result);
  }
  const addressOf = (futureId: string) => {
    const contract = result.contracts[futureId];
    if (contract === undefined) throw new IgnitionDeploymentError(ignitionModule.id, result);
    return getAddress(contract.address);
  };
  return Object.fromEntries(
    Object.entries<{ id: string }>(ignitionModule.results).map(([name, future]) => [name, addressOf(future.id)]),
  ) as { [name in keyof Results]: Address };
}

/** Ignition has a method for each of some thirty events; here they are all one. */
function listenToAll(onEvent: () => void): ExecutionEventListener {
  return new Proxy({} as ExecutionEventListener, { get: () => () => onEvent() });
}
