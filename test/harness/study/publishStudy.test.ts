import { expect } from "chai";
import hre from "hardhat";

import { ChainLedgers } from "../../../harness/ledger/chainLedgers.ts";
import { openModelLedger } from "../../../harness/ledger/modelLedger.ts";
import type { OpenLedger } from "../../../harness/stage/runStage.ts";
import { POLICIES, policyId } from "../../../harness/study/publishPolicies.ts";
import { runPublishStudy, type PublishStudy } from "../../../harness/study/publishStudy.ts";
import type { PublishCounts } from "../../../harness/study/publishWatch.ts";

const onModel: OpenLedger = (setup) => Promise.resolve(openModelLedger(setup));
const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((all, count) => all + count, 0);

/** Whatever the policy. */
function assertSound(counts: PublishCounts): void {
  const { slots, onTime, late, lost, sent, fates, wasted, rescues, slips, winners, inFirstBlock, races } = counts;
  const ends = Object.values(fates);
  expect(
    ends.reduce((all, { count }) => all + count, 0),
    "every transaction ends in exactly one way",
  ).to.equal(sum(sent));
  expect(onTime + late + lost).to.equal(slots);
  expect([fates["on time"].count, fates.late.count, sum(winners)]).to.deep.equal([onTime, late, late]);
  const lostGas = ["duplicate", "early", "expired", "other"] as const;
  expect(wasted.gas).to.equal(lostGas.reduce((all, fate) => all + fates[fate].gas, 0));
  for (const unmined of ["taken back", "replaced", "never mined"] as const) expect(fates[unmined].gas).to.equal(0);
  expect(rescues.sent).to.be.at.most(sum(sent));
  expect(sum(slips)).to.be.at.most(sent.own);
  expect(slips["on time"], "what slips is not on time").to.equal(0);
  expect(inFirstBlock).to.be.at.most(late);
  expect(races.sameBlock).to.be.at.most(races.count);
  expect(races.count).to.be.at.most(late);
}

describe("The study of publishers", () => {
  let study: PublishStudy;
  before(async () => {
    study = await runPublishStudy(onModel, { seed: "test", slots: 240, runs: 3 });
  });

  const runsOf = (id: string) => study.policies.find((policy) => policy.id === id)?.runs ?? [];

  it("follows every transaction to one end", () => {
    expect(study.policies.map(({ id }) => id)).to.deep.equal(POLICIES.map(policyId));
    for (const { runs } of study.policies) for (const counts of runs) assertSound(counts);
  });

  it("never wastes more by simulating, and loses no landing by it", () => {
    for (const { id, simulation, handoff, lead, runs } of study.policies) {
      if (simulation !== "simulated") continue;
      for (const [run, counts] of runs.entries()) {
        const blind = runsOf(policyId({ simulation: "blind", handoff, lead }))[run] as PublishCounts;
        expect(counts.wasted.gas, `${id}, run ${run}`).to.be.at.most(blind.wasted.gas);
        expect(counts.lost, `${id}, run ${run}`).to.be.at.most(blind.lost);
        expect([counts.dropped > 0, blind.dropped]).to.deep.equal([true, 0]);
      }
    }
  });

  it("has rescues mined before the boundary only where they were sent before it, and taken back only by who does that", () => {
    const seen = { early: 0, takenBack: 0, replaced: 0, slips: 0 };
    for (const { handoff, lead, runs } of study.policies) {
      for (const { fates, rescues, slips } of runs) {
        if (lead !== "early") expect([fates.early.count, rescues.tooSoon]).to.deep.equal([0, 0]);
        // Where the window is closed, at an epoch's end, nobody leaves anything.
        if (handoff === "stops")
          expect([fates.replaced.count, slips["taken back"]]).to.deep.equal([0, fates["taken back"].count]);
        if (handoff !== "goesOn") expect(fates.replaced.count).to.equal(0);
        seen.early += fates.early.count;
        seen.takenBack += handoff === "takesBack" ? fates["taken back"].count : 0;
        seen.replaced += fates.replaced.count;
        seen.slips += sum(slips);
      }
    }
    for (const [what, count] of Object.entries(seen)) expect(count, what).to.be.greaterThan(0);
  });

  it("shows every policy the same weather, and is the same for the same seed", async () => {
    const onTime = new Set(study.policies.map(({ runs }) => runs.map((counts) => counts.onTime).join(" ")));
    expect([...onTime], "landings on time, run by run").to.have.length(1);
    const again = await runPublishStudy(onModel, { seed: "test", slots: 240, runs: 3 }, undefined, POLICIES.slice(-1));
    expect(again.policies).to.deep.equal(study.policies.slice(-1));
    const other = await runPublishStudy(onModel, { seed: "other", slots: 240, runs: 3 }, undefined, POLICIES.slice(-1));
    expect(other.policies).to.not.deep.equal(again.policies);
  });

  it("runs on the contracts, spreads its slots over its runs, and tells how far it is", async () => {
    const ledgers = new ChainLedgers(hre);
    const told: string[] = [];
    try {
      const { ledger, policies } = await runPublishStudy(
        ledgers.open.bind(ledgers),
        { seed: "chain", slots: 25, runs: 2 },
        (policy, done, all, isPolicyDone) => told.push(`${policy} ${done}/${all} ${isPolicyDone}`),
        [{ simulation: "simulated", handoff: "stops", lead: "start" }],
      );
      expect(ledger).to.equal("chain");
      expect(policies.flatMap(({ runs }) => runs.map(({ slots }) => slots))).to.deep.equal([13, 12]);
      for (const { runs } of policies) for (const counts of runs) assertSound(counts);
      expect(told).to.deep.equal(["simulated.stops.start 1/2 false", "simulated.stops.start 2/2 true"]);
    } finally {
      await ledgers.close();
    }
  });
});
