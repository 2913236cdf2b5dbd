import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/** What all charts have in common. */
export const CHART_CONFIG = {
  font: "DejaVu Sans, Verdana, sans-serif",
  view: { stroke: null },
  axis: { labelFontSize: 11, titleFontSize: 12, labelLimit: 300 },
  legend: { labelLimit: 300 },
} as const;

/** Draws as SVG. The same specification gives the same bytes. */
export async function drawChart(specification: TopLevelSpec): Promise<string> {
  const { spec } = compile(specification);
  const view = new View(parse(spec), { renderer: "none" });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
