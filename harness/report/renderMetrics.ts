import type { MetricSample, MetricSamples } from "../metrics/runMetricsRegistry.ts";
import { markdownTable } from "./markdownTable.ts";

/** `evidence/metrics.md` */
export function renderMetrics(metrics: readonly MetricSamples[]): string {
  return [
    "# Metrics",
    "",
    "Written by `npx hardhat scenarios`: the counters of all its runs together, by timetable and window; each scenario's own are in",
    "`scenarios.md`. Scenarios are made to go wrong, so these are no rates of a network's ordinary days. `metrics.prom` has the same in",
    "Prometheus' text format and `metrics.json` for programs. `ops/` holds a dashboard and rules over the same names.",
    "",
    renderMetricsTable(metrics),
    "",
    "Overlap utilisation is the part of upstream's dead zone that was recovered, so to build in. Percentiles are linear within a bucket;",
    "beyond the last one they are its lower end. Rows of zeros are left out.",
    "",
    "## What they count",
    "",
    ...metrics.map(({ name, type, help }) => `- \`${name}\` (${type}): ${help}.`),
    "",
  ].join("\n");
}

const PERCENTILES = [50, 95, 99];

/** A column for each timetable and window. */
function renderMetricsTable(metrics: readonly MetricSamples[]): string {
  const columns = [...new Set(metrics.flatMap(({ values }) => values.map(columnOf)))].sort();
  const rows = metrics.flatMap((metric) => rowsOf(metric, columns));
  return markdownTable(
    [["metric", "left"], ...columns.map((column) => [column, "right"] as const)],
    [...rows, utilisationRow(metrics, columns)],
  );
}

/**
 * A quantile of cumulative buckets, linear within one, as `histogram_quantile` takes it; undefined of nothing.
 * @param buckets Upper bounds, ascending, the last one infinite, with how many samples lie below
 * @param part 0 to 1
 */
export function quantileOf(
  buckets: readonly (readonly [bound: number, count: number])[],
  part: number,
): number | undefined {
  const all = buckets.at(-1)?.[1] ?? 0;
  if (all === 0) return undefined;
  const rank = part * all;
  const at = buckets.findIndex(([, count]) => count >= rank);
  const [bound, count] = buckets[at] as readonly [number, number];
  const [lower, below] = buckets[at - 1] ?? [0, 0];
  if (!Number.isFinite(bound)) return lower;
  return count === below ? bound : lower + ((bound - lower) * (rank - below)) / (count - below);
}

function columnOf({ labels }: MetricSample): string {
  return `${labels["mode"]}, ${labels["window"]}`;
}

function rowsOf({ name, type, values }: MetricSamples, columns: readonly string[]): readonly (readonly string[])[] {
  if (type === "histogram") return histogramRows(name, values, columns);
  const kinds = [...new Set(values.filter(({ value }) => value !== 0).map(kindOf))];
  return kinds.map((kind) => [
    `${name}${kind === "" ? "" : ` (${kind})`}`,
    ...columns.map((column) =>
      show(values.find((sample) => columnOf(sample) === column && kindOf(sample) === kind)?.value),
    ),
  ]);
}

/** The labels that are not in the column. */
function kindOf({ labels }: MetricSample): string {
  return Object.entries(labels)
    .flatMap(([name, value]) => (name === "mode" || name === "window" ? [] : [String(value)]))
    .join(", ");
}

function histogramRows(
  name: string,
  values: readonly MetricSample[],
  columns: readonly string[],
): readonly (readonly string[])[] {
  // Between whole numbers there is nothing to be linear in.
  const isContinuous = name.endsWith("_seconds");
  const cells = columns.map((column) => {
    const own = values.filter((sample) => columnOf(sample) === column);
    const series = (suffix: string) => own.filter(({ metricName }) => metricName === `${name}_${suffix}`);
    const buckets = series("bucket").map(
      ({ labels, value }) => [Number(String(labels["le"]).replace("+Inf", "Infinity")), value] as const,
    );
    const [sum, count] = [series("sum")[0]?.value, series("count")[0]?.value];
    const mean = sum === undefined || count === undefined || count === 0 ? undefined : sum / count;
    const percentiles = isContinuous ? PERCENTILES.map((percent) => quantileOf(buckets, percent / 100)) : [];
    return [count, mean, ...percentiles];
  });
  const names = isContinuous ? PERCENTILES.map((percent) => `p${percent}`) : [];
  return ["count", "mean", ...names].map((what, index) => [
    `${name} (${what})`,
    ...cells.map((cell) => show(cell[index])),
  ]);
}

function utilisationRow(metrics: readonly MetricSamples[], columns: readonly string[]): readonly string[] {
  const total = (name: string, column: string) =>
    metrics.find((metric) => metric.name === name)?.values.find((sample) => columnOf(sample) === column)?.value ?? 0;
  const parts = columns.map((column) => {
    const current = total("build_ahead_dead_zone_current_seconds_total", column);
    return current === 0
      ? ""
      : `${(100 * (1 - total("build_ahead_dead_zone_seconds_total", column) / current)).toFixed(1)} %`;
  });
  return ["overlap utilisation", ...parts];
}

/** Whole numbers as they are, others to a tenth; nothing where there is nothing. */
function show(value: number | undefined): string {
  if (value === undefined) return "";
  return Number.isInteger(value)
    ? value.toLocaleString("en-US")
    : value.toLocaleString("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}
