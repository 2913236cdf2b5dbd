import { readFile } from "node:fs/promises";

import { isAddressEqual, type Address } from "viem";

import type { Artifacts } from "../hardhatRuntime.ts";
import type { L1Node } from "../l1/l1Node.ts";
import { assertCompiledCode } from "./compiledCode.ts";
import { readLinkedLibraries, WrongLibraryLinkError } from "./linkedLibraries.ts";
import { readArtifact } from "./readArtifact.ts";

/** The library that `Rollup` asks for, and the one of ours that is linked in its place. */
const REPLACED = "RollupOperationsExtLib";
const REPLACEMENT = "BuildAheadOperationsExtLib";

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

const selectorsByBuild = new Map<string, Promise<readonly string[]>>();

/** Sorted selectors of a contract or library, as the compiler numbered them. */
async function readSelectors(artifacts: Artifacts, contractName: string): Promise<readonly string[]> {
  const { buildInfoId, inputSourceName } = await readArtifact(artifacts, contractName);
  const file = buildInfoId === undefined ? undefined : await artifacts.getBuildInfoOutputPath(buildInfoId);
  if (file === undefined || inputSourceName === undefined) {
    throw new WrongLibraryLinkError("There is no build information for a library", { fields: { contractName } });
  }
  const key = `${file}:${contractName}`;
  const selectors = selectorsByBuild.get(key) ?? parseSelectors(file, inputSourceName, contractName);
  selectorsByBuild.set(key, selectors);
  return selectors;
}

async function parseSelectors(file: string, source: string, contractName: string): Promise<readonly string[]> {
  const { output } = JSON.parse(await readFile(file, "utf8")) as {
    output: { contracts: Record<string, Record<string, { evm: { methodIdentifiers: Record<string, string> } }>> };
  };
  return Object.values(output.contracts[source]?.[contractName]?.evm.methodIdentifiers ?? {}).sort();
}
