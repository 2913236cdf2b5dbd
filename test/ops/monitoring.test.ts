import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

import { parser } from "@prometheus-io/lezer-promql";
import { expect } from "chai";
import { parse } from "yaml";

import { buildDashboard } from "../../harness/metrics/dashboard.ts";
import { RunMetricsRegistry } from "../../harness/metrics/runMetricsRegistry.ts";

/** Of Debian's package `prometheus`; nothing here needs it to be there. */
const PROMTOOL = "promtool";
const RULES = "ops/prometheus/build-ahead.rules.yml";

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
}

/** What is looked at of a dashboard. */
interface Dashboard {
  readonly panels: readonly {
    readonly type: string;
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

interface Query {
  readonly of: string;
  readonly expr: string;
}

async function readRules(): Promise<readonly Rule[]> {
  const { groups } = parse(await readFile(RULES, "utf8")) as { groups: readonly { rules: readonly Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

async function readDashboard(): Promise<Dashboard> {
  return JSON.parse(await readFile("ops/grafana/build-ahead.json", "utf8")) as Dashboard;
}

const panelsOf = ({ panels }: Dashboard) => panels.filter(({ type }) => type !== "row");

function queriesOf(dashboard: Dashboard): readonly Query[] {
  return panelsOf(dashboard).flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ of: title, expr })));
}

/** The metrics that a query is about. @throws when Prometheus could not read it */
function metricsOf({ of, expr }: Query): readonly string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, name, from, to }) => {
      if (type.isError) throw new Error(`${of}: no PromQL at ${from}: ${expr.slice(from)}`);
      if (name === "VectorSelector") names.push(/^[\w:]+/.exec(expr.slice(from, to))?.[0] ?? "");
    },
  });
  return names;
}

describe("Dashboard and rules", () => {
  it("ask only for metrics that there are, in PromQL", async () => {
    const rules = await readRules();
    const recorded = rules.flatMap(({ record }) => (record === undefined ? [] : [record]));
    const known = [...new RunMetricsRegistry().names, ...recorded];
    const queries = [
      ...rules.map(({ record, alert, expr }) => ({ of: record ?? alert ?? "", expr })),
      ...queriesOf(await readDashboard()),
    ];
    expect(queries).to.have.length.greaterThan(20);
    for (const query of queries) {
      const metrics = metricsOf(query);
      expect(metrics, query.of).to.not.deep.equal([]);
      expect(known, query.of).to.include.members([...metrics]);
    }
  });

  it("would notice what is no PromQL", () => {
    expect(() => metricsOf({ of: "broken", expr: "sum by (mode) (rate(build_ahead_runs_total[1h])" })).to.throw(
      "broken",
    );
  });

  it("have six monitors, each with what there is so far and what comes over time, and its alert", async () => {
    const dashboard = await readDashboard();
    const rows = dashboard.panels.filter(({ type }) => type === "row");
    expect(rows).to.have.lengthOf(6);
    expect(panelsOf(dashboard)).to.have.lengthOf(12);
    const alerts = (await readRules()).flatMap(({ alert }) => (alert === undefined ? [] : [alert]));
    expect(alerts).to.have.length.at.least(6);
    expect(new Set(alerts).size).to.equal(alerts.length);
  });

  it("are what Grafana's builders make: npm run dashboard writes it", async () => {
    expect(await readDashboard()).to.deep.equal(JSON.parse(JSON.stringify(buildDashboard())));
  });

  it("are accepted by Prometheus' own checker, fire when something is wrong, and only then", function () {
    if (spawnSync(PROMTOOL, ["--version"]).error !== undefined) {
      console.log(
        "      There is no promtool on this machine: Prometheus' own check of rules and metrics did not run.",
      );
      this.skip();
    }
    execFileSync(PROMTOOL, ["check", "rules", RULES]);
    execFileSync(PROMTOOL, ["test", "rules", "build-ahead.rules.test.yml"], { cwd: "ops/prometheus" });
    const input = readFileSync("evidence/metrics.prom");
    const metrics = spawnSync(PROMTOOL, ["check", "metrics"], { encoding: "utf8", input });
    expect(metrics.stdout + metrics.stderr).to.equal("");
    expect(metrics.status).to.equal(0);
  });
});
