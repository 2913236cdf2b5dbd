import { Counter, Histogram, Registry } from "prom-client";

import type { DiscardReason, Trigger } from "../actors/actorEvents.ts";
import { computeTimetable } from "../protocol/timetable.ts";
import type { StageSetup } from "../stage/stageSetup.ts";
import type { DiscardFact, RunFacts } from "../stage/runFacts.ts";

/** What is counted of a run. */
export interface MeasuredRun extends Pick<RunFacts, "landed" | "begins" | "discards" | "latencies" | "metrics"> {
  readonly setup: Pick<StageSetup, "slots" | "mode" | "durations" | "terms">;
}

/** One sample of a metric, as the library gives it. */
export interface MetricSample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  /** Of a histogram: which of its series. */
  readonly metricName?: string;
}

/** One metric with all of its samples. */
export interface MetricSamples {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values: readonly MetricSample[];
}

/** Why what was discarded had cost nobody anything but its builder, or users too; `empty`: there was no block yet. */
type Visibility = "silent" | "seen" | "empty";

/** On every metric: how proposers share a slot, and whether the window is open. */
const RUN_LABELS = ["mode", "window"] as const;
type RunLabels = Readonly<Record<(typeof RUN_LABELS)[number], string>>;

const TRIGGERS: readonly Trigger[] = ["checkpoint-proposal", "same-proposer", "fallback", "timeout", "confirmed-tip"];
const REASONS: readonly DiscardReason[] = ["no-quorum", "hopeless", "slot-over", "refused"];
const VISIBILITIES: readonly Visibility[] = ["silent", "seen", "empty"];

/** A bucket for each number that there can be. */
const DEPTH_BUCKETS = [1, 2, 3];
const BLOCK_BUCKETS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
/** Two seconds wide where upstream's latencies and ours lie, then wider. */
const LATENCY_BUCKETS = [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 50, 60, 90, 120];

/**
 * The counters of section 4.4 of the specification, in the names and the text format of Prometheus. Ratios are left to whoever reads them:
 * counters add up over runs and nodes, ratios do not. Every label value is there from the first run on, if only with 0.
 */
export class RunMetricsRegistry {
  readonly #registry = new Registry();
  readonly #runs = this.#counter("runs_total", "Runs that these metrics are of");
  readonly #slots = this.#counter("slots_total", "Slots by what became of their checkpoint", ["outcome"]);
  readonly #landed = this.#counter("checkpoints_landed_total", "Checkpoints in the chain by who sent them", [
    "landed_by",
  ]);
  readonly #displaced = this.#counter(
    "checkpoints_displaced_total",
    "Checkpoints that others had seen and that a late landing of the slot before made worthless",
  );
  readonly #softReorgs = this.#counter(
    "soft_reorgs_total",
    "Checkpoints of which users saw blocks that came to nothing",
  );
  readonly #softReorgedBlocks = this.#counter(
    "soft_reorged_blocks_total",
    "Blocks that users saw and that came to nothing",
  );
  readonly #begins = this.#counter("builds_total", "Checkpoints that somebody began to build, by what made it begin", [
    "trigger",
  ]);
  readonly #depth = this.#histogram(
    "speculative_depth_checkpoints",
    "Unlanded checkpoints that a beginning makes, itself included",
    DEPTH_BUCKETS,
  );
  readonly #discards = this.#counter(
    "discards_total",
    "Checkpoints given up, by the reason and by whether anybody had seen of them",
    ["reason", "visibility"],
  );
  readonly #deadZone = this.#counter(
    "dead_zone_seconds_total",
    "Seconds in which nobody built, from a slot's last moment for it to the next checkpoint's first block",
  );
  readonly #deadZoneCurrent = this.#counter(
    "dead_zone_current_seconds_total",
    "Seconds in which nobody would have built between the same checkpoints by upstream's timetable",
  );
  readonly #blocks = this.#histogram("checkpoint_blocks", "Blocks of a checkpoint in the chain", BLOCK_BUCKETS);
  readonly #duplicatesSent = this.#counter(
    "duplicates_sent_total",
    "Transactions beyond the first of a checkpoint, second tries included",
  );
  readonly #duplicatesMined = this.#counter(
    "duplicates_mined_total",
    "Transactions that L1 took when their checkpoint was in already",
  );
  readonly #duplicateGas = this.#counter("duplicate_gas_total", "Gas that mined duplicates burned");
  readonly #gas = this.#counter("l1_gas_total", "Gas of the runs' transactions, by what became of them", ["outcome"]);
  readonly #transactions = this.#counter("transactions_total", "Users' transactions, submitted and in the chain", [
    "state",
  ]);
  readonly #latency = this.#histogram(
    "transaction_latency_seconds",
    "From a user's submission to a block that another node has",
    LATENCY_BUCKETS,
  );

  /** Adds a run. */
  observe(run: MeasuredRun): void {
    const { landed, begins, discards, latencies, metrics, setup } = run;
    const labels: RunLabels = { mode: setup.mode, window: setup.terms.windowSeconds > 0 ? "open" : "closed" };
    const inRange = landed.filter(({ slot }) => slot >= 1 && slot <= setup.slots);
    // The first slot has no predecessor to build ahead on, and counts for neither.
    const pipelined = inRange.filter(({ slot }) => slot > 1);
    const currentDeadZone = computeTimetable("current", setup.durations).deadZone;

    this.#runs.inc(labels);
    this.#add(this.#slots, labels, "outcome", { on_time: metrics.onTime, late: metrics.late, lost: metrics.lost });
    this.#add(this.#landed, labels, "landed_by", { ...metrics.landedBy });
    this.#displaced.inc(labels, metrics.displaced);
    this.#softReorgs.inc(labels, metrics.softReorgs);
    this.#softReorgedBlocks.inc(labels, metrics.softReorgedBlocks);
    for (const trigger of TRIGGERS) this.#begins.inc({ ...labels, trigger }, metrics.triggers[trigger]);
    for (const { depth } of begins) this.#depth.observe(labels, depth);
    for (const reason of REASONS) {
      for (const visibility of VISIBILITIES) this.#discards.inc({ ...labels, reason, visibility }, 0);
    }
    for (const discard of discards) {
      this.#discards.inc({ ...labels, reason: discard.reason, visibility: visibilityOf(discard) });
    }
    this.#deadZone.inc(labels, metrics.deadZone * pipelined.length);
    this.#deadZoneCurrent.inc(labels, currentDeadZone * pipelined.length);
    for (const { blocks } of pipelined) this.#blocks.observe(labels, blocks);
    this.#duplicatesSent.inc(labels, metrics.duplicates.sent);
    this.#duplicatesMined.inc(labels, metrics.duplicates.mined);
    this.#duplicateGas.inc(labels, metrics.duplicates.gas);
    const { gasUsed, gasWasted } = metrics;
    this.#add(this.#gas, labels, "outcome", { useful: gasUsed - gasWasted, wasted: gasWasted });
    this.#add(this.#transactions, labels, "state", { ...metrics.txs });
    for (const [seconds, times] of latencies) {
      for (let time = 0; time < times; time++) this.#latency.observe(labels, seconds);
    }
  }

  /** The names that queries may use, those of a histogram's series included. */
  get names(): readonly string[] {
    return this.#registry
      .getMetricsAsArray()
      .flatMap(({ name, type }) =>
        String(type) === "histogram" ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
      );
  }

  /** For programs. */
  async toJson(): Promise<readonly MetricSamples[]> {
    const metrics = await this.#registry.getMetricsAsJSON();
    return metrics.map(({ name, help, type, values }) => ({
      name,
      help,
      type: String(type),
      // Every series of a histogram says which one it is; the library's type does not know of that.
      values: (values as readonly MetricSample[]).map(({ metricName, labels, value }) => ({
        ...(metricName === undefined ? {} : { metricName }),
        labels,
        value,
      })),
    }));
  }

  /** Prometheus' text exposition format, for a text file collector. */
  async toText(): Promise<string> {
    return this.#registry.metrics();
  }

  #add(counter: Counter, labels: RunLabels, name: string, values: Readonly<Record<string, number>>): void {
    for (const [value, count] of Object.entries(values)) counter.inc({ ...labels, [name]: value }, count);
  }

  #counter(name: string, help: string, labels: readonly string[] = []): Counter {
    const labelNames = [...RUN_LABELS, ...labels];
    return new Counter({ name: `${PREFIX}${name}`, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({
      name: `${PREFIX}${name}`,
      help,
      labelNames: [...RUN_LABELS],
      buckets,
      registers: [this.#registry],
    });
  }
}

/** Of every metric's name. */
const PREFIX = "build_ahead_";

function visibilityOf({ wasBroadcast, blocks }: DiscardFact): Visibility {
  if (wasBroadcast) return "seen";
  return blocks > 0 ? "silent" : "empty";
}
