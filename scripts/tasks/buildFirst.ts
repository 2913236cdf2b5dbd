import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

/** Builds the contracts quietly. What takes ABIs from the build can be imported only then. */
export async function buildFirst(hre: HardhatRuntimeEnvironment): Promise<void> {
  await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
}
