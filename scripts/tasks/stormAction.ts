import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { BuildAheadError } from "../../harness/errors.ts";

interface StormArguments {
  readonly seed: string;
  readonly runs: number;
  readonly only: string;
  readonly shrink: boolean;
}

/** Runs that are none: no number of them, or no seed. */
class InvalidRunsError extends BuildAheadError {}

export default async function stormAction(
  { seed, runs, only, shrink }: StormArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  try {
    if (seed === "") throw new InvalidRunsError('--seed "": expected at least one character');
    if (runs < 1) throw new InvalidRunsError("--runs is at least one", { fields: { runs } });
    await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
    // After the build: whatever takes an ABI from it while it loads has to find this one.
    const { ChainLedgers } = await import("../../harness/ledger/chainLedgers.ts");
    const { runStorm, runStorms, shrinkStorm } = await import("../../harness/stage/runStorm.ts");
    const { drawStorm } = await import("../../harness/stage/storm.ts");
    const ledgers = new ChainLedgers(hre);
    const open = ledgers.open.bind(ledgers);
    try {
      if (only !== "") {
        console.log((await runStorm(open, drawStorm(only))).trace.render());
        return;
      }
      const report = await runStorms(open, { seed, runs }, (of, failure) => {
        console.log(`  ${failure === undefined ? "ok " : "no "} ${of}`);
      });
      const { failures, ...counts } = report;
      console.log(JSON.stringify({ ...counts, failed: failures.map((failure) => failure.seed) }, undefined, 2));
      const [first] = failures;
      if (first === undefined) return;
      process.exitCode = 1;
      console.error(first.message);
      if (!shrink) return;
      const smallest = await shrinkStorm(open, drawStorm(first.seed));
      console.error(`\nFails as well, with ${smallest.slots} slots: ${JSON.stringify(smallest.faults, undefined, 2)}`);
    } finally {
      await ledgers.close();
    }
  } catch (error) {
    if (!(error instanceof BuildAheadError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
