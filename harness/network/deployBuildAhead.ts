import { readFile } from "node:fs/promises";

import { isAddressEqual, type Address } from "viem";

import type { Artifacts } from "../hardhatRuntime.ts";
import type { L1Node } from "../l1/l1Node.ts";
import type { LateSubmissionTerms } from "../protocol/terms.ts";
import type { RollupConfig } from "../upstream/rollupConfig.ts";
import { assertCompiledCode } from "./compiledCode.ts";
import type { DeployedNetwork, DeployedRollup } from "./deployment.ts";
import { deployRollup, type DeployRollupOptions } from "./deployRollup.ts";
import { readLinkedLibraries, WrongLibraryLinkError } from "./linkedLibraries.ts";
import { readArtifact } from "./readArtifact.ts";

/**
 * Terms of a deployment: the window is closed, and the rollup behaves like upstream's until governance opens it. The shares are
 * in force until the economics recommend better: a tenth rising to half to the submitter, 75 % forfeited in all.
 */
export const CLOSED_TERMS: LateSubmissionTerms = {
  firstBps: 1_000,
  submitterBps: 5_000,
  burnBps: 2_500,
  windowSeconds: 0,
  crossEpoch: false,
};

/** Terms that a second payload sets once clients are ready: the same shares, a window of two L1 blocks. */
export const OPEN_TERMS: LateSubmissionTerms = { ...CLOSED_TERMS, windowSeconds: 24 };

/** The library that `Rollup` asks for, and the one of ours that is linked in its place. */
const REPLACED = "RollupOperationsExtLib";
const REPLACEMENT = "BuildAheadOperationsExtLib";

export interface DeployBuildAheadOptions extends Pick<DeployRollupOptions, "verifier"> {
  /** Default {@link CLOSED_TERMS}. */
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
 * @throws MockVerifierRefusedError before anything is deployed.
 * @throws WrongLibraryLinkError, WrongCodeError when the rollup that was deployed is not ours.
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
    terms: options.terms ?? CLOSED_TERMS,
    ...(options.verifier === undefined ? {} : { verifier: options.verifier }),
  });
  await assertBuildAheadLinks(deployer.artifacts, deployer.chain, rollup.address);
  return rollup;
}

/**
 * Checks on chain that a rollup is ours: its code and that of every library behind it is the compiled one, each library is one
 * contract for all that link it, and the selectors of our operations library are exactly those of upstream's, for which it stands.
 *
 * @throws WrongLibraryLinkError
 * @throws WrongCodeError
 */
export async function assertBuildAheadLinks(artifacts: Artifacts, chain: L1Node, rollup: Address): Promise<void> {
  const [expected, actual] = [await readSelectors(artifacts, REPLACED), await readSelectors(artifacts, REPLACEMENT)];
  if (expected.join() !== actual.join()) {
    throw new WrongLibraryLinkError("The operations libraries differ in their selectors", {
      fields: { expected: expected.join(), actual: actual.join() },
    });
  }
  const checked = new Map<string, Address>();
  const check = async (contract: string, address: Address): Promise<void> => {
    await assertCompiledCode(artifacts, chain, contract, address);
    checked.set(contract, address);
    const links = await readLinkedLibraries(artifacts, chain, contract, address);
    for (const [name, linked] of Object.entries(links)) {
      const library = name === REPLACED ? REPLACEMENT : name;
      const earlier = checked.get(library);
      if (earlier === undefined) await check(library, linked);
      else if (!isAddressEqual(earlier, linked)) {
        throw new WrongLibraryLinkError("One library is linked to two addresses", {
          fields: { library, earlier, found: linked },
        });
      }
    }
  };
  await check("BuildAheadRollup", rollup);
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
