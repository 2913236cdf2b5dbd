import { BuildAheadError } from "../errors.ts";
import { L1_BLOCK_MS } from "../sim/calendar.ts";
import { runStage, type OpenLedger, type StageRun } from "./runStage.ts";
import { drawStorm, setUpStorm, type Storm } from "./storm.ts";
import { addReports, EMPTY_REPORT, reportOn, type StormReport } from "./stormReport.ts";

/** The weather has been calm for long enough, and still nothing lands, or nothing is proven. */
export class StuckError extends BuildAheadError {}

/** Slots after the end of the weather in which something may still be lost. */
const RECOVERY_SLOTS = 2;
/** L1 blocks within which a proof is sent, taken and seen once it is made. */
const PROOF_BLOCKS = 3;

/**
 * Runs a storm. Safety is watched in every event; afterwards a checkpoint has to land in every slot again, two slots after the weather has
 * ended, and every epoch whose proof was possible since then has to be proven.
 * @param traceLimit See `StageSetup`
 * @throws RunFailedError, StuckError
 */
export async function runStorm(openLedger: OpenLedger, storm: Storm, traceLimit?: number): Promise<StageRun> {
  const run = await runStage(openLedger, setUpStorm(storm, traceLimit));
  assertLive(run, storm);
  return run;
}

/** @throws StuckError */
function assertLive(run: StageRun, storm: Storm): void {
  const { seed, calmSlot, slots } = storm;
  const landed = new Set(run.landed.map(({ slot }) => slot));
  const fail = (message: string, slot: number) => {
    const place = run.landed.findLast((fact) => fact.slot < slot)?.place ?? run.trace.length;
    throw new StuckError(`${message}\n${run.trace.around(place + 10, 40)}`, { fields: { seed, slot } });
  };
  for (let slot = calmSlot + RECOVERY_SLOTS; slot <= slots; slot++) {
    if (!landed.has(slot)) fail("No checkpoint landed in a slot although the weather was calm", slot);
  }
  const end = dueEpochEnd(run, storm);
  if (end === undefined) return;
  const due = run.landed.filter(({ slot }) => slot < end).length;
  if (run.totals.proven < due) fail("An epoch was not proven although the weather was calm", end);
}

/** The slot before which everything must be proven when the run ends; undefined: nothing has to be, for want of a prover or of time. */
function dueEpochEnd({ setup, endMs, epochStarts }: StageRun, { calmSlot }: Storm): number | undefined {
  const [prover] = Object.values(setup.provers);
  if (prover === undefined) return undefined;
  const { slotSeconds, terms } = setup;
  const slotMs = slotSeconds * 1000;
  return epochStarts.findLast((slot) => {
    const complete = slot * slotMs + (terms.crossEpoch ? terms.windowSeconds * 1000 : 0);
    const calm = (calmSlot + RECOVERY_SLOTS) * slotMs;
    return Math.max(complete, calm) + prover.provingMs + PROOF_BLOCKS * L1_BLOCK_MS <= endMs;
  });
}

/**
 * Runs storms with the seeds `seed/0`, `seed/1` and so on.
 * @param from The first one's number
 * @param onRun Hears of each as it ends
 */
export async function runStorms(
  openLedger: OpenLedger,
  { seed, runs, from = 0 }: { readonly seed: string; readonly runs: number; readonly from?: number },
  onRun: (seed: string, failure: string | undefined) => void = () => {},
): Promise<StormReport> {
  let report = EMPTY_REPORT;
  for (let index = from; index < from + runs; index++) {
    const storm = drawStorm(`${seed}/${index}`);
    let end: StageRun | undefined;
    const message = await failureOf(openLedger, storm, (run) => {
      end = run;
    });
    report = addReports(
      report,
      reportOn(storm, end ?? message ?? "", end !== undefined && dueEpochEnd(end, storm) !== undefined),
    );
    onRun(storm.seed, message);
  }
  return report;
}

/** A smaller storm that fails as well: without whatever fault, and whatever slots at its end, it does not need. */
export async function shrinkStorm(openLedger: OpenLedger, storm: Storm): Promise<Storm> {
  let smallest = storm;
  for (let index = smallest.faults.length - 1; index >= 0; index--) {
    const fewer = { ...smallest, faults: smallest.faults.filter((_, place) => place !== index) };
    if ((await failureOf(openLedger, fewer)) !== undefined) smallest = fewer;
  }
  while (smallest.slots > 1) {
    const shorter = { ...smallest, slots: smallest.slots - 1 };
    if ((await failureOf(openLedger, shorter)) === undefined) break;
    smallest = shorter;
  }
  return smallest;
}

/**
 * Runs without a trace, which costs more than the run, and once more with one if it fails.
 * @throws what is no error of this project
 */
async function failureOf(
  openLedger: OpenLedger,
  storm: Storm,
  onRun: (run: StageRun) => void = () => {},
): Promise<string | undefined> {
  try {
    onRun(await runStorm(openLedger, storm, 0));
    return undefined;
  } catch (error) {
    if (!(error instanceof BuildAheadError)) throw error;
    return await messageOf(openLedger, storm, error);
  }
}

async function messageOf(openLedger: OpenLedger, storm: Storm, first: BuildAheadError): Promise<string> {
  try {
    await runStorm(openLedger, storm);
    return first.message;
  } catch (error) {
    if (error instanceof BuildAheadError) return error.message;
    throw error;
  }
}
