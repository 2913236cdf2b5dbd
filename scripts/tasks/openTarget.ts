import { existsSync } from "node:fs";
import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";
import { getAddress } from "viem";

import type { DeploymentTarget } from "../../harness/deployments/deploymentTarget.ts";
import { BuildAheadError } from "../../harness/errors.ts";
import type { L1Provider } from "../../harness/l1/l1Backend.ts";
import type { L1Node } from "../../harness/l1/l1Node.ts";
import { openReadOnlyNode } from "../../harness/l1/readOnlyNode.ts";
import { errorAbiOf } from "../../harness/network/errorAbi.ts";

/** A network cannot be talked to, or is another one. */
class UnreachableNetworkError extends BuildAheadError {
  constructor(network: string, cause: unknown) {
    super("The network cannot be used: look at its RPC URL (`npx hardhat keystore set`) and whether its node runs", {
      fields: { network, reason: (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] },
      cause,
    });
  }
}

/** There is nobody who could sign. */
class NoDeployerError extends BuildAheadError {
  constructor(network: string) {
    super("The network has no account to deploy with: set DEPLOYER_PRIVATE_KEY (`npx hardhat keystore set`)", {
      fields: { network },
    });
  }
}

/** A network as a task sees it. */
export interface OpenNetwork {
  readonly network: string;
  readonly node: L1Node;
  readonly provider: L1Provider;
  /** A developer's node, forking or not: its chain may be gone tomorrow. */
  readonly isDevelopment: boolean;
  /** Where records of this network's deployments are, relative to the project. */
  readonly folder: string;
  close(): Promise<void>;
}

const DEVELOPMENT_CLIENT = /anvil|hardhat|edr|ganache/i;
const DEVELOPMENT_POLLING = 20;
const POLLING = 2_000;
/** Seconds: a developer's node mines at once or in a fixed rhythm; on a real network 50 L1 slots in a row may come to nothing. */
const DEVELOPMENT_PATIENCE = 60;
const PATIENCE = 600;

/**
 * Opens the network that `--network` names.
 *
 * @param canSign Whether keys are needed: who only reads is not asked for them
 * @throws UnreachableNetworkError
 */
export async function openNetwork(hre: HardhatRuntimeEnvironment, canSign: boolean): Promise<OpenNetwork> {
  const network = networkOf(hre);
  const isRemote = hre.config.networks[network]?.type === "http";
  const connection = await hre.network.create(
    isRemote && !canSign ? { network, override: { accounts: "remote" } } : network,
  );
  try {
    const provider = asProvider(connection);
    const version = await provider.request({ method: "web3_clientVersion" });
    const node = await openReadOnlyNode({ provider, errorAbi: errorAbiOf(hre.artifacts) });
    const isDevelopment = DEVELOPMENT_CLIENT.test(String(version));
    return {
      network,
      node,
      provider,
      isDevelopment,
      folder: recordFolder(network, isDevelopment),
      close: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error instanceof BuildAheadError ? error : new UnreachableNetworkError(network, error);
  }
}

/**
 * The same with somebody who signs.
 * @throws NoDeployerError
 */
export async function openTarget(
  hre: HardhatRuntimeEnvironment,
  { network, node, provider, isDevelopment }: OpenNetwork,
  confirmations: number,
): Promise<DeploymentTarget> {
  const [sender] = (await provider.request({ method: "eth_accounts" })) as readonly string[];
  if (sender === undefined) throw new NoDeployerError(network);
  return {
    network,
    node,
    provider,
    sender: getAddress(sender),
    artifacts: hre.artifacts,
    confirmations: isDevelopment ? 1 : confirmations,
    pollingInterval: isDevelopment ? DEVELOPMENT_POLLING : POLLING,
    blockPatience: isDevelopment ? DEVELOPMENT_PATIENCE : PATIENCE,
    clock: () => performance.now(),
  };
}

/** Records of real networks are committed. What a developer's node was told, a fork of a real network's too, is kept apart from them. */
function recordFolder(network: string, isDevelopment: boolean): string {
  return isDevelopment ? path.join("tmp", "deployments", network) : path.join("deployments", network);
}

/** Where a record is, or where it would be if it is nowhere; a real network's comes first. */
export function findRecord(hre: HardhatRuntimeEnvironment, name: string): string {
  const network = networkOf(hre);
  const [real, development] = [false, true].map((isDevelopment) =>
    path.join(hre.config.paths.root, recordFolder(network, isDevelopment), `${name}.json`),
  ) as [string, string];
  return !existsSync(real) && existsSync(development) ? development : real;
}

/** Hardhat's types say that the option is always there. It is not, when nobody named a network. */
function networkOf({ globalOptions }: HardhatRuntimeEnvironment): string {
  const { network } = globalOptions as { readonly network?: string };
  return network ?? "default";
}

const asProvider = ({ provider }: NetworkConnection): L1Provider => ({
  request: ({ method, params }) => provider.request({ method, ...(params === undefined ? {} : { params }) }),
});
