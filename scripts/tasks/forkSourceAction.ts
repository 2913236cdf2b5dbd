import { once } from "node:events";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { BuildAheadError } from "../../harness/errors.ts";

interface ForkSourceArguments {
  readonly port: number;
  readonly state: string;
}

/** Runs until it is interrupted. */
export default async function forkSourceAction(
  { port, state }: ForkSourceArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  try {
    console.log("Compiling (about a minute the first time) ...");
    await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
    const { startForkSource } = await import("../../harness/rehearsal/fork/forkSource.ts");
    const started = performance.now();
    const source = await startForkSource(hre.artifacts, { port, ...(state === "" ? {} : { stateFile: state }) });
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(`${source.isLoaded ? "Loaded" : "Prepared"} after ${seconds} s. In another terminal:\n`);
    console.log(`  npx hardhat rehearse --fork ${source.url} --registry ${source.registry}\n`);
    console.log("It makes no blocks: what is sent to it waits, and on a fork of it does not. Interrupt to end it.");
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    await source.stop();
  } catch (error) {
    if (!(error instanceof BuildAheadError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
