import { readFile } from "node:fs/promises";

import { keccak256, type Address, type Hex } from "viem";

import type { Artifacts } from "../hardhatRuntime.ts";
import type { L1Node } from "../l1/l1Node.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import type { RollupConfig } from "../upstream/rollupConfig.ts";
import type { DeployedNetwork, DeployedRollup } from "./deployment.ts";
import { deployRollup } from "./deployRollup.ts";
import { readLinkedLibraries, WrongLibraryLinkError } from "./linkedLibraries.ts";
import { readArtifact } from "./readArtifact.ts";

/** Terms until the economics recommend better: half to the submitter, a quarter forfeited, two L1 blocks, closed epochs. */
export const DEFAULT_TERMS: LateSubmissionTerms = {
  submitterBps: 5_000,
  burnBps: 2_500,
  windowSeconds: 24,
  crossEpoch: false,
};

export interface DeployBuildAheadOptions {
  readonly terms?: LateSubmissionTerms;
  /** Default: the first rollup's configuration with `inboxLag` 2 and a version of its own. */
  readonly config?: RollupConfig;
}

/**
 * The configuration of a build-ahead deployment: the same as a rollup's, with the one intended difference. With an inbox lag
 * of 1 a child built before its parent landed dies on any message sent in between.
 */
export function buildAheadConfig(config: RollupConfig): RollupConfig {
  return { ...config, inboxLag: config.inboxLag < 2n ? 2n : config.inboxLag, version: 0 };
}

/**
 * Deploys the extended rollup next to an existing deployment, owned by governance from its constructor on (upstream's
 * script makes the deployer the owner first, which leaves it the slasher's `GOVERNANCE` for good). Registers nothing.
 *
 * @throws WrongLibraryLinkError when the rollup does not run our operations library.
 */
export async function deployBuildAhead(
  { deployer, contracts, config }: DeployedNetwork,
  options: DeployBuildAheadOptions = {},
): Promise<DeployedRollup> {
  const rollup = await deployRollup(deployer, {
    contracts,
    owner: contracts.governance,
    config: options.config ?? buildAheadConfig(config.rollup),
    genesis: config.genesis,
    terms: options.terms ?? DEFAULT_TERMS,
  });
  await assertBuildAheadLinks(deployer.artifacts, deployer.chain, rollup.address);
  return rollup;
}

/**
 * Checks on chain that a rollup reaches proposals and proofs through our library: its code is the compiled one, it links the
 * same late-submission library as the rollup does, and its selectors are exactly those of upstream's library.
 *
 * @throws WrongLibraryLinkError
 */
export async function assertBuildAheadLinks(artifacts: Artifacts, chain: L1Node, rollup: Address): Promise<void> {
  const ours = "BuildAheadOperationsExtLib";
  const upstream = "RollupOperationsExtLib";
  const [expected, actual] = [await readSelectors(artifacts, upstream), await readSelectors(artifacts, ours)];
  if (expected.join() !== actual.join()) {
    throw new WrongLibraryLinkError("The operations libraries differ in their selectors", {
      fields: { expected: expected.join(), actual: actual.join() },
    });
  }
  const fromRollup = await readLinkedLibraries(artifacts, chain, "BuildAheadRollup", rollup);
  const operations = requireLink(fromRollup, upstream);
  await assertCode(artifacts, chain, ours, operations);

  const late = requireLink(await readLinkedLibraries(artifacts, chain, ours, operations), "LateSubmissionExtLib");
  const lateOfRollup = requireLink(fromRollup, "LateSubmissionExtLib");
  if (late !== lateOfRollup) {
    throw new WrongLibraryLinkError("Rollup and operations library use different late-submission libraries", {
      fields: { late, lateOfRollup },
    });
  }
  await assertCode(artifacts, chain, "LateSubmissionExtLib", late);
}

function requireLink(links: Readonly<Record<string, Address>>, library: string): Address {
  const address = links[library];
  if (address === undefined) throw new WrongLibraryLinkError("A library is not linked", { fields: { library } });
  return address;
}

/** Sorted selectors of a contract or library, as the compiler numbered them. */
async function readSelectors(artifacts: Artifacts, contractName: string): Promise<readonly string[]> {
  const { buildInfoId, inputSourceName } = await readArtifact(artifacts, contractName);
  const file = buildInfoId === undefined ? undefined : await artifacts.getBuildInfoOutputPath(buildInfoId);
  if (file === undefined || inputSourceName === undefined) {
    throw new WrongLibraryLinkError("There is no build information for a library", { fields: { contractName } });
  }
  const { output } = JSON.parse(await readFile(file, "utf8")) as {
    output: { contracts: Record<string, Record<string, { evm: { methodIdentifiers: Record<string, string> } }>> };
  };
  const identifiers = output.contracts[inputSourceName]?.[contractName]?.evm.methodIdentifiers ?? {};
  return Object.values(identifiers).sort();
}

/** The code at an address must be a library's compiled code, apart from the addresses that deployment fills in. */
async function assertCode(artifacts: Artifacts, chain: L1Node, library: string, address: Address): Promise<void> {
  const artifact = await readArtifact(artifacts, library);
  const code = (await chain.publicClient.getCode({ address })) ?? "0x";
  // A library begins with PUSH20 and its own address, which guards it against direct calls.
  const holes = [
    { start: 1, length: 20 },
    ...Object.values(artifact.deployedLinkReferences).flatMap((file) => Object.values(file).flat()),
  ];
  if (keccak256(blank(code, holes)) !== keccak256(blank(artifact.deployedBytecode, holes))) {
    throw new WrongLibraryLinkError("The linked code is not the library it should be", {
      fields: { library, address },
    });
  }
}

function blank(code: Hex, holes: readonly { start: number; length: number }[]): Hex {
  let result = code.toLowerCase();
  for (const { start, length } of holes) {
    const from = 2 + 2 * start;
    result = result.slice(0, from) + "0".repeat(2 * length) + result.slice(from + 2 * length);
  }
  return result as Hex;
}
