import type { MetricSamples } from "../../harness/metrics/runMetricsRegistry.ts";

/** The samples of Prometheus' text format, by name and labels. */
export function parseExposition(text: string): ReadonlyMap<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(" ");
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

/** The samples of the JSON form, under the same keys. */
export function samplesOf(metrics: readonly MetricSamples[]): ReadonlyMap<string, number> {
  return new Map(
    metrics.flatMap(({ name, values }) =>
      values.map(({ metricName = name, labels, value }) => {
        const pairs = Object.entries(labels).map(([label, of]) => `${label}="${of}"`);
        return [`${metricName}{${pairs.join(",")}}`, value] as const;
      }),
    ),
  );
}
