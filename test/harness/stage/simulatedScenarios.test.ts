import { expect } from "chai";
import hre from "hardhat";

import { ChainLedgers } from "../../../harness/ledger/chainLedgers.ts";
import { findSimulatedScenarios, UnknownScenarioError } from "../../../harness/scenarios/findSimulated.ts";
import type { GossipRule } from "../../../harness/sim/gossip.ts";
import { runStage } from "../../../harness/stage/runStage.ts";
import { DEFAULT_SCENARIO_SEED } from "../../../harness/stage/scenarioSeed.ts";
import {
  assertExpectations,
  BOTH_WINDOWS,
  playScenario,
  ScenarioDeviationError,
} from "../../../harness/stage/simulatedScenario.ts";
import { makeSetup } from "../../../harness/stage/stageSetup.ts";
import { attestationWatch } from "../../support/attestationWatch.ts";

const scenarios = await findSimulatedScenarios();

describe("Simulated scenarios, on the real contracts", () => {
  const ledgers = new ChainLedgers(hre);
  const open = ledgers.open.bind(ledgers);

  after(() => ledgers.close());

  for (const scenario of scenarios) {
    for (const window of scenario.windows ?? BOTH_WINDOWS) {
      it(`${scenario.name}, window ${window}: ${scenario.title}`, async () => {
        const run = await playScenario(open, scenario, { seed: DEFAULT_SCENARIO_SEED, window });
        assertExpectations(run, scenario.expect(window));
      });
    }
  }

  it("are the same to the byte for the same seed, and others for another", async () => {
    const [scenario] = await findSimulatedScenarios(["late-by-next-proposer"]);
    if (scenario === undefined) throw new Error("the scenario is gone");
    const play = async (seed: string) => (await playScenario(open, scenario, { seed, window: "open" })).trace.render();
    const first = await play("one");
    expect(await play("one")).to.equal(first);
    expect(await play("two")).to.not.equal(first);
  });

  it("fail with the trace around the first deviation", async () => {
    const [scenario] = await findSimulatedScenarios(["happy-path"]);
    if (scenario === undefined) throw new Error("the scenario is gone");
    const run = await playScenario(open, scenario, { seed: DEFAULT_SCENARIO_SEED, window: "open" });
    const expectInVain = (what: object) => () => {
      assertExpectations(run, { ...scenario.expect("open"), ...what });
    };
    expect(expectInVain({ onChain: ["s1", "s2 late +12s by C", "s3"] }))
      .to.throw(ScenarioDeviationError, 'in the chain, 2: expected "s2 late +12s by C", got "s2"')
      .with.property("message")
      .that.includes("block 1");
    expect(expectInVain({ onChain: ["s1", "s2"] })).to.throw(ScenarioDeviationError, 'expected nothing more, got "s3"');
    expect(expectInVain({ discards: ["A s1: refused"] })).to.throw(ScenarioDeviationError, "got nothing more");
    expect(expectInVain({ metrics: { late: 1 } })).to.throw(ScenarioDeviationError, "metrics.late: expected 1, got 0");
    expect(expectInVain({ metrics: { landedBy: { own: [4, 5] } } })).to.throw(
      ScenarioDeviationError,
      "metrics.landedBy.own: expected 4 to 5, got 3",
    );
  });

  it("are found by their names, and by no others", async () => {
    try {
      await findSimulatedScenarios(["happy-path", "no-such-thing"]);
      expect.fail("it was found");
    } catch (error) {
      expect(error).to.be.instanceOf(UnknownScenarioError);
      expect((error as Error).message).to.include('There is no scenario "no-such-thing"');
    }
  });

  it("let somebody more take part, who sees what a node sees", async () => {
    const watch = async (rules: GossipRule[]) => {
      const surprises: string[] = [];
      const setup = makeSetup({ cast: "AB", slots: 2, gossip: { rules } });
      await runStage(open, setup, [attestationWatch(surprises)]);
      return surprises;
    };
    expect(await watch([])).to.deep.equal([]);
    expect(await watch([{ receivers: ["watch"], slots: [2, 2], effect: "withhold" }])).to.deep.equal(["s2"]);
  });

  it("need a timetable for the rollup's own slots", async () => {
    let message = "";
    await runStage(open, makeSetup({ slotSeconds: 36 })).catch((error: unknown) => {
      message = (error as Error).message;
    });
    expect(message).to.include("timetable=72, rollup=36");
  });
});
