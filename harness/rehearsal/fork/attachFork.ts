import { isAddressEqual, zeroAddress, type Address } from "viem";

import { BuildAheadError } from "../../errors.ts";
import type { Artifacts, HardhatRuntime } from "../../hardhatRuntime.ts";
import { openEmbeddedChain } from "../../l1/embeddedChain.ts";
import type { L1Chain } from "../../l1/l1Chain.ts";
import type { RpcSource } from "../../l1/rpcSource.ts";
import { attachNetwork, type AztecNetwork } from "../../network/contracts.ts";
import { errorAbiOf } from "../../network/errorAbi.ts";
import { readRollupConfig, type DeployedConfig } from "../../network/readRollupConfig.ts";
import { lateSubmissionAbi } from "../../protocol/abis.ts";
import { RollupAbi } from "../../upstream/abis.ts";
import { isCompiledFrom, selectorsIn } from "./compareRollups.ts";
import { OverrideBook } from "./overrides.ts";

/** A deployment cannot be upgraded from here. The message is one line and says what helps. */
export class CannotUpgradeError extends BuildAheadError {}

/** A fork with the deployment that was found on it. */
export interface AttachedFork {
  readonly chain: L1Chain;
  readonly network: AztecNetwork;
  /** Of the canonical rollup. */
  readonly config: DeployedConfig;
  readonly book: OverrideBook;
  /** Number of the first block of the fork itself. */
  readonly firstBlock: bigint;
  /** What the report says in its first lines. */
  readonly warnings: readonly string[];
  readonly close: () => Promise<void>;
}

export interface AttachForkOptions {
  readonly source: RpcSource;
  readonly registry: Address;
  /** Feeds prevrandao. */
  readonly seed: string;
  /** Go on although the canonical rollup is of another upstream version. */
  readonly allowOtherVersion?: boolean;
}

/**
 * Forks a source into this process and finds the deployment behind a Registry address.
 * @throws RpcSourceError when the source fails.
 * @throws CannotUpgradeError when there is nothing here that could be upgraded.
 * @throws NotARegistryError, NoRollupError, UnreadableConfigError
 */
export async function attachFork(hardhat: HardhatRuntime, options: AttachForkOptions): Promise<AttachedFork> {
  const { source, registry, seed, allowOtherVersion = false } = options;
  await assertCode(source, registry);
  const { chainId, blockNumber, timestamp } = source.pin;
  const server = await source.serve();
  const book = new OverrideBook(timestamp);
  let chain: L1Chain | undefined;
  const close = async () => {
    await chain?.close();
    await server.close();
  };
  try {
    chain = await openEmbeddedChain(hardhat, {
      fork: { url: server.url, blockNumber, chainId },
      seed,
      errorAbi: errorAbiOf(hardhat.artifacts),
      onRequest: book.hear,
    });
    // The node answers calls from its own blocks on: which rules held before, it does not know.
    await chain.mine();
    const network = await attachNetwork(chain, registry);
    const warnings = await judgeVersion(hardhat.artifacts, network, allowOtherVersion);
    const config = await readRollupConfig(chain, network.rollup.address);
    assertOwned(network, config);
    return { chain, network, config, book, firstBlock: blockNumber + 1n, warnings, close };
  } catch (error) {
    await close();
    // What the source said first is the cause of whatever the node made of it.
    throw source.failure ?? error;
  }
}

/** @throws CannotUpgradeError */
async function assertCode(source: RpcSource, registry: Address): Promise<void> {
  const { chainId, blockNumber } = source.pin;
  const code = await source.ask<string>("eth_getCode", [registry, `0x${blockNumber.toString(16)}`]);
  if (code !== "0x") return;
  throw new CannotUpgradeError(
    "There is no contract at the Registry's address: check the address, the chain, and that the block is not before the deployment",
    { fields: { registry, chainId, block: blockNumber } },
  );
}

/** @throws CannotUpgradeError when the canonical rollup has the change already, or is of another version. */
async function judgeVersion(
  artifacts: Artifacts,
  { chain, rollup }: AztecNetwork,
  allowOtherVersion: boolean,
): Promise<readonly string[]> {
  const { address } = rollup;
  const code = (await chain.publicClient.getCode({ address })) ?? "0x";
  if (selectorsIn(code, lateSubmissionAbi).length > 0) {
    throw new CannotUpgradeError("The canonical rollup is a build-ahead rollup already: there is nothing to upgrade", {
      fields: { rollup: address },
    });
  }
  const functions = RollupAbi.filter(({ type }) => type === "function").length;
  const found = selectorsIn(code, RollupAbi).length;
  if (found < functions) {
    const fields = { rollup: address, functions, found };
    const message =
      "The canonical rollup is not of upstream's v4.1.2, and an upgrade from it to here would be a downgrade";
    if (!allowOtherVersion) {
      throw new CannotUpgradeError(`${message}: say --other-version to rehearse it all the same`, { fields });
    }
    return [`${message} (${found} of v4.1.2's ${functions} functions found).`];
  }
  if (await isCompiledFrom(artifacts, chain, "Rollup", address)) return [];
  return [
    "The canonical rollup has v4.1.2's functions, but not the code that the pinned sources compile to here: other compiler settings, or other sources.",
  ];
}

/** Governance has to own the rollup, or nothing can be handed on. @throws CannotUpgradeError */
function assertOwned({ contracts }: AztecNetwork, { owner }: DeployedConfig): void {
  if (isAddressEqual(owner, contracts.governance)) return;
  const isRenounced = isAddressEqual(owner, zeroAddress);
  throw new CannotUpgradeError(
    isRenounced
      ? "The canonical rollup's owner has renounced: governance cannot look after it once it is the old one"
      : "The canonical rollup is not owned by governance: let its owner hand it over first",
    { fields: { owner, governance: contracts.governance } },
  );
}
