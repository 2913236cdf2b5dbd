import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import type { CompiledContract } from "./treeCompiler.ts";

const pathOf = (folder: string, { sourceName, contractName }: CompiledContract): string =>
  path.join(folder, sourceName, `${contractName}.json`);

/** Writes contracts as Hardhat's artifacts into a folder of their own. */
export function writeArtifacts(folder: string, buildInfoId: string, contracts: readonly CompiledContract[]): void {
  for (const contract of contracts) {
    const file = pathOf(folder, contract);
    mkdirSync(path.dirname(file), { recursive: true });
    const inputSourceName = `project/${contract.sourceName}`;
    writeFileSync(file, JSON.stringify({ _format: "hh3-artifact-1", ...contract, inputSourceName, buildInfoId }));
  }
}

/**
 * Puts contracts in the place of those that a build left.
 * @returns A function that brings the build's own back
 */
export function replaceArtifacts(folder: string, contracts: readonly CompiledContract[]): () => void {
  const originals = contracts
    .map((contract) => ({ file: pathOf(folder, contract), contract }))
    .filter(({ file }) => existsSync(file))
    .map(({ file, contract }) => ({ file, contract, original: readFileSync(file, "utf8") }));
  for (const { file, contract, original } of originals) {
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(original) as object), ...contract }));
  }
  return () => {
    for (const { file, original } of originals) writeFileSync(file, original);
  };
}
