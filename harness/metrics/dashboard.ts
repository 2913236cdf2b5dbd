import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { PanelBuilder as BarGaugeBuilder } from "@grafana/grafana-foundation-sdk/bargauge";
import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  type Panel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

/** One of the monitors: as it stands by its counters, and over time by a recording rule. */
interface Monitor {
  readonly title: string;
  readonly help: string;
  readonly soFar: { readonly title: string; readonly query: string; readonly legend: string; readonly unit: string };
  readonly overTime: { readonly title: string; readonly query: string; readonly unit: string };
}

/** What the variables choose. */
const CHOSEN = '{mode=~"$mode",window=~"$window"}';
const BY_RUN = "sum by (mode, window)";
const RUN_LEGEND = "{{mode}}, window {{window}}";

const total = (name: string) => `${BY_RUN} (build_ahead_${name}${CHOSEN})`;
const recorded = (name: string) => `mode_window:build_ahead_${name}${CHOSEN}`;

/** The counters of section 4.4 of the specification, put together into six. */
const MONITORS: readonly Monitor[] = [
  {
    title: "Speculative depth",
    help: "Unlanded checkpoints that a beginning makes. Three or more break the depth limit.",
    soFar: {
      title: "Depth, mean so far",
      query: `${total("speculative_depth_checkpoints_sum")} / ${total("speculative_depth_checkpoints_count")}`,
      legend: RUN_LEGEND,
      unit: "none",
    },
    overTime: { title: "Depth, mean of an hour", query: recorded("speculative_depth:mean_rate1h"), unit: "none" },
  },
  {
    title: "Discards",
    help: "What was built and given up: silent if nobody had seen of it, otherwise users lose what they saw.",
    soFar: {
      title: "Discards so far",
      query: `sum by (reason, visibility) (build_ahead_discards_total${CHOSEN})`,
      legend: "{{reason}}, {{visibility}}",
      unit: "none",
    },
    overTime: { title: "Part of what was begun", query: recorded("discards:ratio_rate1h"), unit: "percentunit" },
  },
  {
    title: "Overlap and throughput",
    help: "The part of upstream's dead zone that is built in, which is where more blocks a slot and shorter latencies come from.",
    soFar: {
      title: "Blocks a checkpoint, mean so far",
      query: `${total("checkpoint_blocks_sum")} / ${total("checkpoint_blocks_count")}`,
      legend: RUN_LEGEND,
      unit: "none",
    },
    overTime: {
      title: "Overlap utilisation",
      query: recorded("overlap_utilisation:ratio_rate1h"),
      unit: "percentunit",
    },
  },
  {
    title: "Triggers",
    help: "What makes proposers begin. Build Ahead works where it is the predecessor's proposal; fallbacks are slots without it.",
    soFar: {
      title: "Beginnings so far",
      query: `sum by (trigger) (build_ahead_builds_total${CHOSEN})`,
      legend: "{{trigger}}",
      unit: "none",
    },
    overTime: { title: "Part of fallbacks", query: recorded("fallbacks:ratio_rate1h"), unit: "percentunit" },
  },
  {
    title: "Landings",
    help: "Who landed checkpoints, and whose punctual work a late landing made worthless.",
    soFar: {
      title: "Landed so far, by whom",
      query: `sum by (landed_by) (build_ahead_checkpoints_landed_total${CHOSEN})`,
      legend: "{{landed_by}}",
      unit: "none",
    },
    overTime: { title: "Part of slots displaced", query: recorded("displaced:ratio_rate1h"), unit: "percentunit" },
  },
  {
    title: "Duplicates and latency",
    help: "Gas that was burned on checkpoints that were in already, and how long users wait.",
    soFar: {
      title: "Gas of duplicates so far",
      query: total("duplicate_gas_total"),
      legend: RUN_LEGEND,
      unit: "none",
    },
    overTime: { title: "Latency, 95 of 100", query: recorded("transaction_latency_seconds:p95_rate1h"), unit: "s" },
  },
];

/** Of Grafana's 24 columns. */
const HALF = 12;
const HEIGHT = 7;
const DATASOURCE = { type: "prometheus", uid: "${datasource}" };

/** `ops/grafana/build-ahead.json`, by Grafana's own builders: what they do not know does not compile. */
export function buildDashboard(): object {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- Its successor is for Grafana 12 and later; this one every Grafana in use imports.
  const dashboard = new DashboardBuilder("Build Ahead")
    .uid("build-ahead")
    .description("The six monitors of Build Ahead. Over time needs the recording rules of ops/prometheus.")
    .tags(["aztec", "build-ahead"])
    .time({ from: "now-6h", to: "now" })
    .refresh("1m")
    .withVariable(new DatasourceVariableBuilder("datasource").type("prometheus").label("Data source"))
    .withVariable(labelVariable("mode", "Timetable"))
    .withVariable(labelVariable("window", "Window"));
  for (const { title, help, soFar, overTime } of MONITORS) {
    dashboard.withRow(new RowBuilder(title));
    dashboard.withPanel(place(new BarGaugeBuilder().withTarget(ask(soFar.query, soFar.legend).instant()), soFar, help));
    dashboard.withPanel(place(new TimeSeriesBuilder().withTarget(ask(overTime.query, RUN_LEGEND)), overTime, help));
  }
  return dashboard.build();
}

/** All values of a label, to choose from. */
function labelVariable(label: string, title: string): QueryVariableBuilder {
  return new QueryVariableBuilder(label)
    .label(title)
    .datasource(DATASOURCE)
    .query(`label_values(build_ahead_runs_total, ${label})`)
    .refresh(VariableRefresh.OnDashboardLoad)
    .multi(true)
    .includeAll(true);
}

function ask(query: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(query).legendFormat(legend).refId("A");
}

/** What every panel says of itself, whatever it draws. */
function place(
  panel: BarGaugeBuilder | TimeSeriesBuilder,
  { title, unit }: { readonly title: string; readonly unit: string },
  help: string,
): Builder<Panel> {
  return panel.title(title).description(help).unit(unit).datasource(DATASOURCE).min(0).span(HALF).height(HEIGHT);
}
