import type { TopLevelSpec } from "vega-lite";

import type { Interval } from "../interval.ts";
import type { Measure, SweepEvidence } from "../sweep/record/sweepResult.ts";
import { CHART_CONFIG as config, drawChart } from "./drawChart.ts";
import { MAIN_WINDOW, SweepNumbers } from "./sweepNumbers.ts";

interface SweepChart {
  readonly file: string;
  readonly title: string;
  readonly specify: (numbers: SweepNumbers) => TopLevelSpec;
}

/** From none upgraded to all. */
const COLORS = ["#9aa5b1", "#d1495b", "#edae49", "#66a182", "#00798c"];
const PANEL = { width: 170, height: 170 } as const;

export const SWEEP_CHARTS: readonly SweepChart[] = [
  {
    file: "sweep-net.svg",
    title: `Saved minus displaced against the share of upgraded nodes, window ${MAIN_WINDOW} s`,
    specify: (numbers) =>
      drawPanels(numbers, {
        x: "nodes that build ahead, %",
        lines: { "saved minus displaced": COLORS[1] ?? "", "not lost any more": COLORS[4] ?? "" },
        dotsOf: (weather) =>
          numbers.evidence.plan.shares.flatMap((share) => [
            { x: 100 * share, line: "saved minus displaced", ...bounds(numbers.saved(weather, share)) },
            { x: 100 * share, line: "not lost any more", ...bounds(numbers.gained(weather, share)) },
          ]),
      }),
  },
  {
    file: "sweep-lost.svg",
    title: "Checkpoints lost per 1,000 slots against the length of the window",
    specify: (numbers) => byWindow(numbers, "lost"),
  },
  {
    file: "sweep-displaced.svg",
    title: "Checkpoints displaced per 1,000 slots against the length of the window",
    specify: (numbers) => byWindow(numbers, "displaced"),
  },
];

/** Draws a chart as SVG. The same evidence gives the same bytes. */
export function renderSweepChart(chart: SweepChart, evidence: SweepEvidence): Promise<string> {
  return drawChart({ ...chart.specify(new SweepNumbers(evidence)), title: chart.title });
}

function byWindow(numbers: SweepNumbers, measure: Measure): TopLevelSpec {
  const { windows, shares } = numbers.evidence.plan;
  const nameOf = (share: number) => `${100 * share} %`;
  return drawPanels(numbers, {
    x: "window, s",
    lines: Object.fromEntries(shares.map((share, place) => [nameOf(share), COLORS[place % COLORS.length] ?? ""])),
    dotsOf: (weather) =>
      shares.flatMap((share) =>
        windows.map((window) => ({
          x: window,
          line: nameOf(share),
          ...bounds(numbers.rate(numbers.at(weather, window, share), measure)),
        })),
      ),
  });
}

interface Dot {
  readonly x: number;
  readonly line: string;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

const bounds = ({ mean, margin }: Interval) => ({ y: mean, low: mean - margin, high: mean + margin });

interface Panels {
  readonly x: string;
  /** Names and colours, in order. */
  readonly lines: Readonly<Record<string, string>>;
  readonly dotsOf: (weather: string) => readonly Dot[];
}

/** A panel for each weather: lines with their intervals. */
function drawPanels({ evidence }: SweepNumbers, { x: title, lines, dotsOf }: Panels): TopLevelSpec {
  const { weathers } = evidence.plan;
  const x = { field: "x", type: "quantitative", title } as const;
  const color = {
    field: "line",
    type: "nominal",
    title: null,
    scale: { domain: Object.keys(lines), range: Object.values(lines) },
    legend: { orient: "bottom" },
  } as const;
  return {
    config,
    data: { values: weathers.flatMap((weather) => dotsOf(weather).map((dot) => ({ weather, ...dot }))) },
    facet: { field: "weather", type: "nominal", title: null, sort: [...weathers] },
    columns: 3,
    resolve: { scale: { y: "independent" }, axis: { x: "independent" } },
    spec: {
      ...PANEL,
      layer: [
        {
          mark: { type: "line", point: true },
          encoding: { x, y: { field: "y", type: "quantitative", title: "per 1,000 slots" }, color },
        },
        {
          mark: "rule",
          encoding: { x, y: { field: "low", type: "quantitative" }, y2: { field: "high" }, color },
        },
      ],
    },
  };
}
