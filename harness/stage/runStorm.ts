import { BuildAheadError } from "../errors.ts";
import { runStage, type OpenLedger, type StageRun } from "./runStage.ts";
import { drawStorm, FAULT_KINDS, setUpStorm, type FaultKind, type Storm } from "./storm.ts";

/** The weather has been calm for long enough, and still nothing lands, or nothing is proven. */
export class StuckError extends BuildAheadError {}

/** Slots after the end of the weather in which something may still be lost. */
const RECOVERY_SLOTS = 2;

/**
 * Runs a storm. Safety is watched in every event; afterwards a checkpoint has to land in every slot again, two slots after the weather has
 * ended, and what could be proven has to be.
 * @throws RunFailedError, StuckError
 */
export async function runStorm(openLedger: OpenLedger, storm: Storm): Promise<StageRun> {
  const run = await runStage(openLedger, setUpStorm(storm));
  assertLive(run, storm);
  return run;
}

/** @throws StuckError */
function assertLive(run: StageRun, { seed, calmSlot, slots }: Storm): void {
  const landed = new Set(run.landed.map(({ slot }) => slot));
  const fail = (message: string, slot: number) => {
    const place = run.landed.findLast((fact) => fact.slot < slot)?.place ?? run.trace.length;
    throw new StuckError(`${message}\n${run.trace.around(place + 10, 40)}`, { fields: { seed, slot } });
  };
  for (let slot = calmSlot + RECOVERY_SLOTS; slot <= slots; slot++) {
    if (!landed.has(slot)) fail("No checkpoint landed in a slot although the weather was calm", slot);
  }
}

/** What many storms came to. */
export interface StormReport {
  readonly runs: number;
  readonly slots: number;
  readonly onTime: number;
  readonly late: number;
  readonly lost: number;
  readonly displaced: number;
  readonly refused: number;
  readonly proofs: number;
  /** How many faults of each kind there were, and in how many runs. */
  readonly faults: Readonly<Record<FaultKind, { readonly count: number; readonly runs: number }>>;
  readonly failures: readonly { readonly seed: string; readonly message: string }[];
}

/** Runs storms with the seeds `seed/0`, `seed/1` and so on. @param onRun Hears of each as it ends */
export async function runStorms(
  openLedger: OpenLedger,
  { seed, runs }: { readonly seed: string; readonly runs: number },
  onRun: (seed: string, failure: string | undefined) => void = () => {},
): Promise<StormReport> {
  const totals = { slots: 0, onTime: 0, late: 0, lost: 0, displaced: 0, refused: 0, proofs: 0 };
  const faults = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, { count: 0, runs: 0 }])) as Record<
    FaultKind,
    { count: number; runs: number }
  >;
  const failures: { seed: string; message: string }[] = [];
  for (let index = 0; index < runs; index++) {
    const storm = drawStorm(`${seed}/${index}`);
    for (const kind of FAULT_KINDS) {
      const count = storm.faults.filter((fault) => fault.kind === kind).length;
      faults[kind].count += count;
      faults[kind].runs += count > 0 ? 1 : 0;
    }
    const message = await failureOf(openLedger, storm, ({ metrics, proofs }) => {
      totals.slots += metrics.slots;
      totals.onTime += metrics.onTime;
      totals.late += metrics.late;
      totals.lost += metrics.lost;
      totals.displaced += metrics.displaced;
      totals.refused += metrics.refused;
      totals.proofs += proofs.length;
    });
    if (message !== undefined) failures.push({ seed: storm.seed, message });
    onRun(storm.seed, message);
  }
  return { runs, ...totals, faults, failures };
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

/** @throws what is no error of this project */
async function failureOf(
  openLedger: OpenLedger,
  storm: Storm,
  onRun: (run: StageRun) => void = () => {},
): Promise<string | undefined> {
  try {
    onRun(await runStorm(openLedger, storm));
    return undefined;
  } catch (error) {
    if (error instanceof BuildAheadError) return error.message;
    throw error;
  }
}
