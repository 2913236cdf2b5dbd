import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { BuildAheadError } from "./errors.ts";

/** What the harness needs of Hardhat. Whoever uses it hands its own runtime in: nothing below `scripts/` imports the global one. */
export type HardhatRuntime = Pick<HardhatRuntimeEnvironment, "artifacts" | "config" | "network" | "versions">;

/** Where compiled contracts are read. */
export type Artifacts = HardhatRuntimeEnvironment["artifacts"];

/** Major and minor version for which the harness is written: the embedded chain's options change between minor versions. */
const SUPPORTED_HARDHAT = "3.18";

/** The harness was given a Hardhat of another version. */
export class UnsupportedHardhatError extends BuildAheadError {
  constructor(actual: string) {
    super(`The harness runs on Hardhat ${SUPPORTED_HARDHAT}.x: install the version of package.json`, {
      fields: { actual },
    });
  }
}

/** @throws UnsupportedHardhatError */
export function assertSupportedHardhat({ versions }: Pick<HardhatRuntime, "versions">): void {
  if (!versions.hardhat.startsWith(`${SUPPORTED_HARDHAT}.`)) throw new UnsupportedHardhatError(versions.hardhat);
}
