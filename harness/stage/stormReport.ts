import type { DiscardReason, Trigger } from "../actors/actorEvents.ts";
import type { StageRun } from "./runStage.ts";
import { FAULT_KINDS, type FaultKind, type Storm } from "./storm.ts";

/** How often something was, and in how many runs. */
interface Seen {
  readonly count: number;
  readonly runs: number;
}

/** What many storms came to. Reports of other storms are added to it. */
export interface StormReport {
  readonly runs: number;
  readonly slots: number;
  readonly onTime: number;
  readonly late: number;
  readonly lost: number;
  readonly displaced: number;
  readonly refused: number;
  readonly proofs: number;
  /** Runs in which an epoch had to be proven after the weather's end, and was. */
  readonly provenAgain: number;
  /** What the storms had in them. */
  readonly faults: Readonly<Record<FaultKind, Seen>>;
  /** What came of it: why proposers began and gave up, who landed, what L1 refused. */
  readonly events: Readonly<Record<string, Seen>>;
  readonly failures: readonly { readonly seed: string; readonly message: string }[];
}

const NEVER: Seen = { count: 0, runs: 0 };
const TRIGGERS: readonly Trigger[] = ["checkpoint-proposal", "same-proposer", "fallback", "confirmed-tip"];
const REASONS: readonly DiscardReason[] = ["no-quorum", "hopeless", "slot-over", "refused"];

export const EMPTY_REPORT: StormReport = {
  runs: 0,
  slots: 0,
  onTime: 0,
  late: 0,
  lost: 0,
  displaced: 0,
  refused: 0,
  proofs: 0,
  provenAgain: 0,
  faults: Object.fromEntries(FAULT_KINDS.map((kind) => [kind, NEVER])) as Record<FaultKind, Seen>,
  events: {},
  failures: [],
};

/** What a storm had in it, and what came of it: a run, or the message with which it failed. */
export function reportOn({ seed, faults }: Storm, end: StageRun | string, hasProvenAgain: boolean): StormReport {
  const counted = Object.fromEntries(
    FAULT_KINDS.map((kind) => [kind, seen(faults.filter((fault) => fault.kind === kind).length)]),
  ) as Record<FaultKind, Seen>;
  const base = { ...EMPTY_REPORT, runs: 1, faults: counted };
  if (typeof end === "string") return { ...base, failures: [{ seed, message: end }] };
  const { metrics, proofs } = end;
  const { slots, onTime, late, lost, displaced, refused } = metrics;
  return {
    ...base,
    ...{ slots, onTime, late, lost, displaced, refused },
    proofs: proofs.length,
    provenAgain: hasProvenAgain ? 1 : 0,
    events: eventsOf(end),
  };
}

export function addReports(one: StormReport, other: StormReport): StormReport {
  const sum = (key: Exclude<keyof StormReport, "faults" | "events" | "failures">) => one[key] + other[key];
  return {
    runs: sum("runs"),
    slots: sum("slots"),
    onTime: sum("onTime"),
    late: sum("late"),
    lost: sum("lost"),
    displaced: sum("displaced"),
    refused: sum("refused"),
    proofs: sum("proofs"),
    provenAgain: sum("provenAgain"),
    faults: addSeen(one.faults, other.faults) as Record<FaultKind, Seen>,
    events: addSeen(one.events, other.events),
    failures: [...one.failures, ...other.failures],
  };
}

/** Those that can be rare are named even when they were not there. */
function eventsOf({ metrics, totals, discards, refusals, softReorgs }: StageRun): Readonly<Record<string, Seen>> {
  const landed = Object.values(totals.rescuedAfter).reduce((sum, count) => sum + count, 0);
  const slipped = Object.values(totals.slippedAfter).reduce((sum, count) => sum + count, 0);
  const errors = new Map<string, number>();
  for (const { error } of refusals) errors.set(error, (errors.get(error) ?? 0) + 1);
  return Object.fromEntries([
    ...TRIGGERS.map((trigger) => [`begun: ${trigger}`, seen(metrics.triggers[trigger])] as const),
    ...REASONS.map(
      (reason) =>
        [`given up: ${reason}`, seen(discards.filter((discard) => discard.reason === reason).length)] as const,
    ),
    ["given up silently", seen(metrics.silentDiscards)] as const,
    ["soft reorg", seen(softReorgs.length)] as const,
    ["landed late: by another", seen(landed)] as const,
    ["landed late: by its proposer", seen(slipped)] as const,
    ...[...errors].map(([error, count]) => [`refused: ${error}`, seen(count)] as const),
  ]);
}

function seen(count: number): Seen {
  return { count, runs: count > 0 ? 1 : 0 };
}

function addSeen(one: Readonly<Record<string, Seen>>, other: Readonly<Record<string, Seen>>): Record<string, Seen> {
  const sum: Record<string, Seen> = { ...one };
  for (const [name, { count, runs }] of Object.entries(other)) {
    const before = sum[name] ?? NEVER;
    sum[name] = { count: before.count + count, runs: before.runs + runs };
  }
  return sum;
}
