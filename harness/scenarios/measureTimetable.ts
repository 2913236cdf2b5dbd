import { makeActorTiming } from "../actors/actorTiming.ts";
import { openModelLedger } from "../ledger/modelLedger.ts";
import { computeTimetable, MAINNET_DURATIONS, type TimetableMode } from "../protocol/timetable.ts";
import { runStage, type StageRun, type StageWatcher } from "../stage/runStage.ts";
import { makeSetup } from "../stage/stageSetup.ts";

/** Least, mean and most of something. */
export interface Range {
  readonly least: number;
  readonly mean: number;
  readonly most: number;
}

/** What a mode's slots were like, beside what the timetable computes for them. */
export interface TimetableRecord {
  readonly mode: TimetableMode;
  readonly computed: { readonly blocks: number; readonly deadZone: number };
  /** Checkpoints that were looked at. */
  readonly checkpoints: number;
  readonly blocks: Range;
  /** Seconds. */
  readonly deadZone: Range;
  /** Seconds from a user's submission to a block that another node has. */
  readonly latency: Range & { readonly transactions: number };
}

const MODES: readonly TimetableMode[] = ["current", "build-ahead", "staggered"];
const SLOTS = 48;
/** Slots at either end of a run that are no steady state: nobody built before the first, and after the last nobody will. */
const MARGIN = 2;

/**
 * Runs a calm day in each mode, every message taking the whole of its budget, and measures what came of it: with committees so large that
 * hardly anybody proposes twice in a row, and with room for every transaction in the next block. On the model ledger, because nothing of it
 * is L1's affair; scenarios show the same three days on the real contracts.
 */
export async function measureTimetable(seed: string): Promise<readonly TimetableRecord[]> {
  const records: TimetableRecord[] = [];
  for (const mode of MODES) {
    const setup = makeSetup({
      seed,
      mode,
      slots: SLOTS,
      epochSlots: 32,
      committeeSize: 24,
      validators: 32,
      gossip: { delay: { kind: "fixed", ms: 1000 * MAINNET_DURATIONS.p2p } },
      provers: { P: { provingMs: 60_000 } },
      // No divisor of a second: users come at every moment of a block.
      userEveryMs: 730,
      traits: { txsPerBlock: 1_000 },
    });
    const visible = new Map<number, number>();
    const run = await runStage((ledger) => Promise.resolve(openModelLedger(ledger)), setup, [], [watch(visible)]);
    records.push(summariseRun(run, visible));
  }
  return records;
}

/** Notes when each transaction is seen in a block for the first time. */
function watch(visible: Map<number, number>): StageWatcher {
  return {
    onActor: (event, ms) => {
      if (event.kind !== "visible") return;
      for (const tx of event.block.txs) if (!visible.has(tx)) visible.set(tx, ms);
    },
  };
}

/** A proposer of two slots in a row goes on building without a pause: it, and the transactions of its slots and of those beside, are left out. */
function summariseRun({ setup, landed, begins }: StageRun, visible: ReadonlyMap<number, number>): TimetableRecord {
  const { mode, durations, slots, userEveryMs } = setup;
  const { blocks, deadZone } = computeTimetable(mode, durations);
  const { lastBlockMs } = makeActorTiming(mode, durations);
  const slotMs = durations.slot * 1000;
  const repeated = begins.flatMap(({ slot, trigger }) => (trigger === "same-proposer" ? [slot] : []));
  const isSteady = (slot: number) =>
    slot > MARGIN && slot <= slots - MARGIN && !repeated.some((other) => Math.abs(other - slot) <= 1);
  const steady = landed.flatMap((fact) => {
    const begun = begins.find(({ checkpoint }) => checkpoint === fact.id);
    if (!isSteady(fact.slot) || begun === undefined) return [];
    return [{ blocks: fact.blocks, gap: (begun.ms - (fact.slot - 1) * slotMs - lastBlockMs) / 1000 }];
  });
  const seen = [...visible].flatMap(([tx, ms]) => {
    // Users are numbered as they come, from 1 on.
    const submittedMs = (tx - 1) * userEveryMs;
    return isSteady(Math.floor(submittedMs / slotMs)) ? [(ms - submittedMs) / 1000] : [];
  });
  return {
    mode,
    computed: { blocks, deadZone },
    checkpoints: steady.length,
    blocks: rangeOf(steady.map((checkpoint) => checkpoint.blocks)),
    deadZone: rangeOf(steady.map(({ gap }) => gap)),
    latency: { ...rangeOf(seen), transactions: seen.length },
  };
}

/** To a thousandth. */
function rangeOf(values: readonly number[]): Range {
  const round = (value: number) => Math.round(value * 1000) / 1000;
  const sum = values.reduce((all, value) => all + value, 0);
  return {
    least: round(values.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY)),
    mean: round(sum / values.length),
    most: round(values.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY)),
  };
}
