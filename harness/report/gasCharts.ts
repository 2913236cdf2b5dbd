import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

import type { BenchRecord } from "../bench/benchRecord.ts";
import type { GasEvidence } from "../bench/evidence.ts";
import { MAIN_HARDFORK } from "../bench/runBench.ts";
import { findRecord } from "./findRecord.ts";

export interface GasChart {
  readonly file: string;
  readonly title: string;
  readonly specify: (evidence: GasEvidence) => TopLevelSpec;
}

const MAIN = { hardfork: MAIN_HARDFORK, committee: 48 };
const FONT = "DejaVu Sans, Verdana, sans-serif";
const COLORS = { calldata: "#9aa5b1", execution: "#d1495b", floor: "#edae49", ours: "#00798c", upstream: "#9aa5b1" };

const config = { font: FONT, view: { stroke: null }, axis: { labelFontSize: 11, titleFontSize: 12 } } as const;

export const GAS_CHARTS: readonly GasChart[] = [
  {
    file: "gas-duplicate.svg",
    title: "A lone duplicate: its bytes, its execution and the floor that it pays",
    specify: (evidence) => {
      const duplicate = findRecord(evidence.records, {
        ...MAIN,
        case: "duplicate one block later",
        variant: "alone, fresh ring",
        blobs: 1,
      });
      const bars = (who: string, execution: number) => [
        { who, part: "calldata at the standard price", gas: duplicate.intrinsic, order: 0 },
        { who, part: "execution before the revert", gas: execution, order: 1 },
      ];
      return {
        width: 560,
        height: 110,
        title: "A lone duplicate pays the floor, however early it reverts (48 members, 33 signatures)",
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
        values: records.filter(isLosingBundle).map(({ case: name, variant, gasUsed, upstreamGasUsed }) => ({
          name,
          how: variant.startsWith("in a guarded") ? "guard before the entry" : "early revert",
          saved: (upstreamGasUsed ?? 0) - gasUsed,
        })),
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
      const onTime = findRecord(records, {
        ...MAIN,
        case: "propose",
        variant: "rest of the epoch, epoch 3, warm ring",
      });
      const late = findRecord(records, { ...MAIN, case: "late", variant: "alone, sender credited, warm ring" });
      return {
        width: 560,
        height: 110,
        title: "Landing a checkpoint: receipts, 48 members, warm ring of logs",
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
export async function renderGasChart(chart: GasChart, evidence: GasEvidence): Promise<string> {
  const { spec } = compile(chart.specify(evidence));
  const view = new View(parse(spec), { renderer: "none" });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}

function isLosingBundle(record: BenchRecord): boolean {
  const { hardfork, committee, variant, blobs, upstreamGasUsed } = record;
  return (
    hardfork === MAIN.hardfork &&
    committee === MAIN.committee &&
    blobs > 0 &&
    upstreamGasUsed !== undefined &&
    /^in a (guarded )?bundle, fresh ring$/.test(variant)
  );
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
