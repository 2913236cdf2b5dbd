import { expect } from "chai";

import type { CheckpointKey } from "../../../harness/consensus/contentStore.ts";
import { cannotLand } from "../../../harness/scenarios/cannotLand.ts";
import { expectLanded, expectRefused, expectSkipped } from "../../../harness/scenarios/expectations.ts";
import { lateByProposal } from "../../../harness/scenarios/lateByProposal.ts";
import { lateByThirdParty } from "../../../harness/scenarios/lateByThirdParty.ts";
import { runScenario, ScenarioFailedError, ScenarioNeedsError } from "../../../harness/scenarios/scenario.ts";
import type { WorldStep } from "../../../harness/world/worldStep.ts";
import { rejection } from "../../support/rejection.ts";
import { openTestWorld, setTerms, type TestWorld } from "../../support/world.ts";

describe("Scenario", () => {
  let world: TestWorld;
  let told: WorldStep[];
  beforeEach(async () => {
    world = await openTestWorld();
    told = [];
    world.listen({ onStep: (step) => told.push(step) });
  });

  const label = { id: "a.b", name: "a step" };
  const landNext = async () => world.land(await world.build(await world.nextSlot()));

  it("runs in any world that offers what it needs, and tells each step", async () => {
    const slot = await world.nextSlot();
    await runScenario(lateByThirdParty, { world });
    expect(told.map((step) => [step.id, step.slot, step.outcome])).to.deep.equal([
      ["late.thirdParty.land", slot, "success"],
      ["late.thirdParty.next", slot + 1n, "success"],
    ]);
  });

  it("rescues what was proposed and attested to by all but its proposer", async () => {
    const slot = await world.nextSlot();
    let landed: readonly CheckpointKey[] = [];
    world.listen({ onLanding: ({ checkpoint }) => (landed = [...landed, checkpoint]) });
    await runScenario(lateByProposal, { world });
    expect(told.map((step) => [step.id, step.slot, step.outcome])).to.deep.equal([
      ["late.proposal.land", slot, "success"],
      ["late.proposal.next", slot + 1n, "success"],
    ]);
    const { members, proposerIndex, quorum } = await world.committee(slot);
    const { attestations } = world.content.get(landed[0] as CheckpointKey);
    const bits = BigInt(attestations.signatureIndices).toString(2).padStart(8, "0").slice(0, members.length);
    expect(bits[proposerIndex], "the proposer's attestation").to.equal("0");
    expect(bits.replaceAll("0", ""), "a quorum of the others").to.have.length(quorum);
  });

  it("does not begin in an epoch that is too short for it", async () => {
    const error = await rejection(runScenario(cannotLand, { world }), ScenarioNeedsError);
    expect(error.fields).to.deep.equal({ need: "slots", expected: 5, actual: 4 });
    expect(told).to.deep.equal([]);
  });

  it("does not begin with a committee or a window that is too small for it", async () => {
    const demanding = { ...lateByThirdParty, needs: { committee: 5 } };
    const committee = await rejection(runScenario(demanding, { world }), ScenarioNeedsError);
    expect(committee.fields).to.deep.equal({ need: "committee", expected: 5, actual: 4 });
    await setTerms(world, { windowSeconds: 12 });
    const window = await rejection(runScenario(lateByThirdParty, { world }), ScenarioNeedsError);
    expect(window.fields).to.deep.equal({ need: "windowSeconds", expected: 13, actual: 12 });
  });

  it("fails where a landing was to be refused, and tells how it ended", async () => {
    const landing = await landNext();
    expect(() => expectRefused(world, label, landing, "Some__Error"))
      .to.throw(ScenarioFailedError, 'The scenario failed at "a.b"')
      .with.property("fields")
      .that.deep.equals({ expected: "Some__Error", actual: "success" });
    expect(told.map(({ id, outcome }) => [id, outcome])).to.deep.equal([["a.b", "success"]]);
  });

  it("fails where a landing was refused, or refused with another error", async () => {
    const { checkpoint } = await landNext();
    const landing = await world.land(checkpoint, { timestamp: world.at(checkpoint.slot, 24n) });
    const actual = "Rollup__SlotAlreadyInChain";
    for (const [check, expected] of [
      [() => expectLanded(world, label, landing), "success"],
      [() => expectRefused(world, label, landing, "Some__Error"), "Some__Error"],
    ] as const) {
      expect(check).to.throw(ScenarioFailedError).with.property("fields").that.deep.equals({ expected, actual });
    }
    expect(told.map(({ revert }) => revert?.errorName)).to.deep.equal([actual, actual]);
  });

  it("fails where a bundle reverted, or its proposal did not", async () => {
    const checkpoint = await world.build(await world.nextSlot());
    const landed = await world.land(checkpoint, { bundle: {} });
    const notSkipped = await rejection(expectSkipped(world, label, landed, "Some__Error"), ScenarioFailedError);
    expect(notSkipped.fields).to.deep.equal({ expected: "Some__Error", actual: "success" });

    const timestamp = world.at(checkpoint.slot, 24n);
    const skipped = await world.land(checkpoint, { timestamp, bundle: {} });
    const other = await rejection(expectSkipped(world, label, skipped, "Some__Error"), ScenarioFailedError);
    expect(other.fields).to.deep.equal({ expected: "Some__Error", actual: "Rollup__SlotAlreadyInChain" });

    const strict = { timestamp: timestamp + 1n, bundle: { allowFailure: false } };
    const reverted = await rejection(
      expectSkipped(world, label, await world.land(checkpoint, strict), "Some__Error"),
      ScenarioFailedError,
    );
    expect(reverted.fields["expected"]).to.equal("success");
  });
});
