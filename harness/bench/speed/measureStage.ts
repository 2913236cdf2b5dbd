import type { HardhatRuntime } from "../../hardhatRuntime.ts";
import { ChainLedgers } from "../../ledger/chainLedgers.ts";
import { openModelLedger } from "../../ledger/modelLedger.ts";
import { roundTo3 } from "../../stage/durations.ts";
import { runStage, type OpenLedger } from "../../stage/runStage.ts";
import { makeSetup } from "../../stage/stageSetup.ts";
import type { StageSpeed } from "./speedRecord.ts";

/** A calm day of mainnet's epochs, proven as they end. Checkpoints share their blobs, and nobody reads the trace. */
const CALM_DAY = {
  seed: "speed",
  epochSlots: 32,
  ownBlobs: false,
  provers: { P: { provingMs: 60_000 } },
  traceLimit: 0,
} as const;

/** Slots on the model before the stopwatch runs: they warm the code of stage and actors, whatever the ledger. */
const WARM_UP = 1_000;

/**
 * Runs so many slots with actors and everything. For a process of its own: the peak of memory is the process's.
 * @param now A stopwatch, in milliseconds
 */
export async function measureStage(
  hardhat: HardhatRuntime,
  ledger: StageSpeed["ledger"],
  slots: number,
  now: () => number,
): Promise<StageSpeed> {
  await runStage(async (setup) => openModelLedger(setup), makeSetup(CALM_DAY, { slots: WARM_UP }));
  const chains = ledger === "chain" ? new ChainLedgers(hardhat) : undefined;
  const began = { ms: now(), cpu: process.cpuUsage() };
  const opened = { ...began };
  const open: OpenLedger = async (setup) => {
    const seam = chains === undefined ? openModelLedger(setup) : await chains.open(setup);
    Object.assign(opened, { ms: now(), cpu: process.cpuUsage() });
    return seam;
  };
  try {
    await runStage(open, makeSetup(CALM_DAY, { slots }));
    const { user, system } = process.cpuUsage(opened.cpu);
    return {
      ledger,
      slots,
      seconds: roundTo3((now() - opened.ms) / 1000),
      cpuSeconds: roundTo3((user + system) / 1e6),
      openSeconds: roundTo3((opened.ms - began.ms) / 1000),
      peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  } finally {
    await chains?.close();
  }
}
