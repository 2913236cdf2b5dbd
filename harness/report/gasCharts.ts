import type { TopLevelSpec } from "vega-lite";

import type { GasEvidence } from "../bench/record/evidence.ts";
import { MAIN } from "../bench/record/benchPlan.ts";
import { makeId } from "../bench/record/recordId.ts";
import { CHART_CONFIG as config, drawChart } from "./drawChart.ts";
import { findRecord } from "./findRecord.ts";

export interface GasChart {
  readonly file: string;
  readonly title: string;
  readonly specify: (evidence: GasEvidence) => TopLevelSpec;
}

const COLORS = { calldata: "#9aa5b1", execution: "#d1495b", floor: "#edae49", ours: "#00798c", upstream: "#9aa5b1" };

/** The way of a losing bundle that carries its blobs. */
const LOSING_BUNDLE = new RegExp(`^\\w+\\.(bundled|guarded)\\.ringFresh\\.c${MAIN.committee}\\.${MAIN.hardfork}$`);

export const GAS_CHARTS: readonly GasChart[] = [
  {
    file: "gas-duplicate.svg",
    title: "A lone duplicate: its bytes, its execution and the floor that it pays",
    specify: (evidence) => {
      const duplicate = findRecord(evidence.records, makeId(["duplicateOneBlockLater", "alone", "ringFresh"], MAIN));
      const bars = (who: string, execution: number) => [
        { who, part: "calldata at the standard price", gas: duplicate.intrinsic, order: 0 },
        { who, part: "execution before the revert", gas: execution, order: 1 },
      ];
      return {
        width: 560,
        height: 110,
        title: `A lone duplicate pays the floor, however early it reverts (${duplicate.committee} members, ${duplicate.signatures} signatures)`,
        config,
        layer: [
          {
            data: {
              values: [
                ...bars("build-ahead", duplicate.execution),
                ...bars("upstream", duplicate.upstreamExecution ?? 0),
              ],
            },
            mark: "bar",
            encoding: {
              y: { field: "who", type: "nominal", title: null },
              x: { field: "gas", type: "quantitative", title: "gas" },
              order: { field: "order", type: "quantitative" },
              color: {
                field: "part",
                type: "nominal",
                title: null,
                scale: { range: [COLORS.calldata, COLORS.execution] },
                legend: { orient: "bottom" },
              },
            },
          },
          rule(duplicate.calldataFloor, "floor today (EIP-7623)"),
          rule(duplicate.projectedFloor, "projected (EIP-7976)"),
        ].flat() as never,
      };
    },
  },
  {
    file: "gas-losing-bundles.svg",
    title: "What a losing bundle pays less than upstream's",
    specify: ({ records }) => ({
      width: 560,
      height: 220,
      title: "Gas saved against upstream when a bundle's proposal loses and its signal and vote succeed",
      config,
      data: {
        values: records.flatMap(({ id, case: name, gasUsed, upstreamGasUsed }) => {
          const way = LOSING_BUNDLE.exec(id)?.[1];
          if (way === undefined || upstreamGasUsed === undefined) return [];
          const how = way === "guarded" ? "guard before the entry" : "early revert";
          return [{ name, how, saved: upstreamGasUsed - gasUsed }];
        }),
      },
      mark: "bar",
      encoding: {
        y: { field: "name", type: "nominal", title: null, sort: null },
        yOffset: { field: "how" },
        x: { field: "saved", type: "quantitative", title: "gas saved" },
        color: {
          field: "how",
          type: "nominal",
          title: null,
          scale: { range: [COLORS.ours, COLORS.floor] },
          legend: { orient: "bottom" },
        },
      },
    }),
  },
  {
    file: "gas-paths.svg",
    title: "What landing a checkpoint costs, on time and late",
    specify: ({ records }) => {
      const onTime = findRecord(records, makeId(["propose", "rest", "epoch3", "ringWarm"], MAIN));
      const late = findRecord(records, makeId(["late", "alone", "ringWarm"], MAIN));
      return {
        width: 560,
        height: 110,
        title: `Landing a checkpoint: receipts, ${late.committee} members, warm ring of logs`,
        config,
        data: {
          values: [
            { path: "on time, upstream", gas: onTime.upstreamGasUsed, who: "upstream" },
            { path: "on time, build-ahead", gas: onTime.gasUsed, who: "build-ahead" },
            { path: "late, build-ahead", gas: late.gasUsed, who: "build-ahead" },
          ],
        },
        mark: "bar",
        encoding: {
          y: { field: "path", type: "nominal", title: null, sort: null },
          x: { field: "gas", type: "quantitative", title: "gas" },
          color: {
            field: "who",
            type: "nominal",
            legend: null,
            scale: { range: [COLORS.ours, COLORS.upstream] },
          },
        },
      };
    },
  },
];

/** Draws a chart as SVG. The same evidence gives the same bytes. */
export function renderGasChart(chart: GasChart, evidence: GasEvidence): Promise<string> {
  return drawChart(chart.specify(evidence));
}

/** A vertical line with its name. */
function rule(gas: number, name: string) {
  const data = { values: [{ gas, name }] };
  const x = { field: "gas", type: "quantitative" };
  return [
    { data, mark: { type: "rule", color: COLORS.floor, strokeWidth: 2 }, encoding: { x } },
    {
      data,
      mark: { type: "text", align: "left", dx: 4, baseline: "top", fontSize: 11 },
      encoding: { x, y: { value: 0 }, text: { field: "name" } },
    },
  ];
}
