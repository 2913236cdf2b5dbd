import { readFile } from "node:fs/promises";

import { expect } from "chai";

import type { MetricSamples } from "../../../harness/metrics/runMetricsRegistry.ts";
import { quantileOf, renderMetrics } from "../../../harness/report/renderMetrics.ts";
import { parseExposition, samplesOf } from "../../support/exposition.ts";

describe("evidence of the metrics", () => {
  it("reads as it counts, and says the same for Prometheus", async () => {
    const metrics = JSON.parse(await readFile("evidence/metrics.json", "utf8")) as readonly MetricSamples[];
    expect(renderMetrics(metrics)).to.equal(await readFile("evidence/metrics.md", "utf8"));
    expect(samplesOf(metrics)).to.deep.equal(parseExposition(await readFile("evidence/metrics.prom", "utf8")));
  });
});

describe("A quantile of buckets", () => {
  const buckets = [
    [10, 4],
    [20, 8],
    [Infinity, 10],
  ] as const;

  it("is linear within a bucket, and the last bound beyond it", () => {
    expect([0.2, 0.4, 0.6, 0.9].map((part) => quantileOf(buckets, part))).to.deep.equal([5, 10, 15, 20]);
  });

  it("is nothing of nothing", () => {
    expect(
      quantileOf(
        [
          [10, 0],
          [Infinity, 0],
        ],
        0.5,
      ),
    ).to.equal(undefined);
    expect(quantileOf([], 0.5)).to.equal(undefined);
  });
});
