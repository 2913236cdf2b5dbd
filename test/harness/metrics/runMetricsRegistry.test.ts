import { expect } from "chai";

import { RunMetricsRegistry, type MeasuredRun } from "../../../harness/metrics/runMetricsRegistry.ts";
import { openModelLedger } from "../../../harness/ledger/modelLedger.ts";
import duplicateRace from "../../../harness/scenarios/simulated/duplicateRace.ts";
import happyPath from "../../../harness/scenarios/simulated/happyPath.ts";
import messageWithInboxLagOne from "../../../harness/scenarios/simulated/messageWithInboxLagOne.ts";
import type { StageRun } from "../../../harness/stage/runStage.ts";
import { playScenario, type SimulatedScenario } from "../../../harness/stage/simulatedScenario.ts";
import { parseExposition, samplesOf } from "../../support/exposition.ts";

const play = (scenario: SimulatedScenario) =>
  playScenario((setup) => Promise.resolve(openModelLedger(setup)), scenario, { seed: "metrics", window: "open" });

async function measure(runs: readonly MeasuredRun[]): Promise<ReadonlyMap<string, number>> {
  const registry = new RunMetricsRegistry();
  for (const run of runs) registry.observe(run);
  return parseExposition(await registry.toText());
}

describe("Metrics of runs", () => {
  let calm: StageRun;
  before(async () => {
    calm = await play(happyPath);
  });

  const RUN = 'mode="build-ahead",window="open"';

  it("count what section 4.4 of the specification asks for", async () => {
    const samples = await measure([calm]);
    const of = (name: string, labels = "") => samples.get(`build_ahead_${name}{${RUN}${labels}}`);
    expect(of("slots_total", ',outcome="on_time"')).to.equal(3);
    expect(of("checkpoints_landed_total", ',landed_by="own"')).to.equal(3);
    expect(of("builds_total", ',trigger="checkpoint-proposal"')).to.equal(2);
    expect(of("builds_total", ',trigger="fallback"')).to.equal(1);
    expect(samples.get(`build_ahead_speculative_depth_checkpoints_bucket{le="1",${RUN}}`)).to.equal(1);
    expect(of("speculative_depth_checkpoints_count")).to.equal(calm.begins.length);
    expect(of("checkpoint_blocks_count"), "without the first").to.equal(2);
    expect(of("dead_zone_current_seconds_total")).to.equal(2 * 24);
    expect(of("dead_zone_seconds_total")).to.be.lessThan(2 * 11);
    expect(of("transaction_latency_seconds_count")).to.equal(calm.metrics.latency.count);
    expect(of("discards_total", ',reason="no-quorum",visibility="silent"'), "zero is a value").to.equal(0);
  });

  it("count duplicates and what they burn, apart from everything else that L1 refuses", async () => {
    const race = await play(duplicateRace);
    const { duplicates, gasWasted } = race.metrics;
    expect(duplicates.sent, "three rescuers after the proposer").to.be.at.least(3);
    expect(duplicates.mined).to.equal(2);
    expect(duplicates.gas).to.equal(gasWasted);
    const samples = await measure([race]);
    expect(samples.get(`build_ahead_duplicate_gas_total{${RUN}}`)).to.equal(duplicates.gas);
    const refused = (await play(messageWithInboxLagOne)).metrics;
    expect(refused.refused).to.be.greaterThan(0);
    expect(refused.duplicates.mined, "none of them was in").to.equal(0);
  });

  it("count what nobody saw apart from what users lost", async () => {
    const lost = (wasBroadcast: boolean, blocks: number) => ({
      ...{ place: 0, node: "B", checkpoint: "s2", slot: 2, reason: "no-quorum" as const, wasBroadcast, blocks },
    });
    const samples = await measure([
      { ...calm, discards: [lost(false, 3), lost(true, 3), lost(false, 0), lost(true, 1)] },
    ]);
    const seen = (visibility: string) =>
      samples.get(`build_ahead_discards_total{${RUN},reason="no-quorum",visibility="${visibility}"}`);
    expect([seen("silent"), seen("seen"), seen("empty")]).to.deep.equal([1, 2, 1]);
  });

  it("add up over runs, and keep timetables and windows apart", async () => {
    const closed = {
      ...calm,
      setup: { ...calm.setup, mode: "current" as const, terms: { ...calm.setup.terms, windowSeconds: 0 } },
    };
    const samples = await measure([calm, calm, closed]);
    expect(samples.get(`build_ahead_runs_total{${RUN}}`)).to.equal(2);
    expect(samples.get(`build_ahead_slots_total{${RUN},outcome="on_time"}`)).to.equal(6);
    expect(samples.get('build_ahead_runs_total{mode="current",window="closed"}')).to.equal(1);
  });

  it("say the same as JSON and as text, under names that are listed", async () => {
    const registry = new RunMetricsRegistry();
    registry.observe(calm);
    const text = parseExposition(await registry.toText());
    expect(samplesOf(await registry.toJson())).to.deep.equal(text);
    const used = new Set([...text.keys()].map((series) => series.slice(0, series.indexOf("{"))));
    expect([...used].sort()).to.deep.equal([...registry.names].sort());
  });
});
