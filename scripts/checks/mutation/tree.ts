import { execFileSync } from "node:child_process";
import { cpSync, existsSync, rmSync } from "node:fs";
import path from "node:path";

import { copyProject } from "../copyProject.ts";

/** Hardhat's configuration of a tree, next to the project's own. */
export const MUTATION_CONFIG = "hardhat.mutation.config.ts";

const CONFIG = `import { defineConfig } from "hardhat/config";

import config from "./hardhat.config.ts";

export default defineConfig({
  ...config,
  // One folder of artifacts, from which both kinds of tests are compiled anew.
  solidity: { ...(config.solidity as object), splitTestsCompilation: false } as never,
  // A plan's tests share a process, and what they open there.
  test: { ...config.test, mocha: { ...(config.test?.mocha as object), parallel: false } },
  // A mutant may be larger than a contract may be; it shall die of what it does.
  networks: { default: { ...(config.networks?.default as object), allowUnlimitedContractSize: true } as never },
});
`;

/**
 * Prepares a private copy of the project with everything built, or takes the one that is there. Nothing is changed in it.
 * @param root The project's root
 * @param tree Where the copy is or shall be
 */
export function prepareTree(root: string, tree: string): void {
  if (existsSync(path.join(tree, "artifacts/build-info"))) return;
  copyProject(root, tree, { name: MUTATION_CONFIG, text: CONFIG });
  const hardhat = path.join(tree, "node_modules/.bin/hardhat");
  execFileSync(process.execPath, [hardhat, "--config", MUTATION_CONFIG, "--no-typechain", "build"], {
    cwd: tree,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** Copies a prepared tree for a lane, which may change it. What an earlier run left there is thrown away. */
export function copyTree(tree: string, copy: string): void {
  rmSync(copy, { recursive: true, force: true });
  cpSync(tree, copy, { recursive: true, verbatimSymlinks: true });
}
