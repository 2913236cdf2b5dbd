import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import type { BuildDescription } from "../../harness/deployments/deploymentRecord.ts";

const run = promisify(execFile);

/** From which sources the contracts were built, and how. */
export async function describeBuild(hre: HardhatRuntimeEnvironment): Promise<BuildDescription> {
  const [compiler] = hre.config.solidity.profiles["default"]?.compilers ?? [];
  const settings = (compiler?.settings ?? {}) as { evmVersion?: string; optimizer?: { runs?: number } };
  return {
    ...(await describeRevision(hre.config.paths.root)),
    upstream: "@aztec/l1-artifacts 4.1.2",
    compiler: compiler?.version ?? "unknown",
    evmVersion: settings.evmVersion ?? "default",
    optimizerRuns: settings.optimizer?.runs ?? 0,
  };
}

/** What is written during a deployment, its record, does not make the sources dirty. */
async function describeRevision(root: string): Promise<Pick<BuildDescription, "revision" | "dirty">> {
  try {
    const { stdout: revision } = await run("git", ["rev-parse", "HEAD"], { cwd: root });
    const { stdout: status } = await run("git", ["status", "--porcelain", "--", ".", ":!deployments"], { cwd: root });
    return { revision: revision.trim(), dirty: status !== "" };
  } catch {
    return { revision: "unknown", dirty: true };
  }
}

/**
 * Which revision of contracts and harness a measurement is of: the last commit that changed them, and if they have been changed since, by what.
 */
export async function describeHarness(root: string): Promise<string> {
  const sources = ["contracts", "harness"];
  const { stdout: commit } = await run("git", ["log", "-1", "--format=%H", "--", ...sources], { cwd: root });
  const { stdout: diff } = await run("git", ["diff", "HEAD", "--", ...sources], { cwd: root, maxBuffer: MAX_DIFF });
  const { stdout: others } = await run("git", ["ls-files", "--others", "--exclude-standard", "--", ...sources], {
    cwd: root,
  });
  if (diff === "" && others === "") return commit.trim();
  const change = createHash("sha256").update(diff).update(others).digest("hex").slice(0, 12);
  return `${commit.trim()}+${change}`;
}

/** Bytes of a difference that are looked at. */
const MAX_DIFF = 2 ** 28;
