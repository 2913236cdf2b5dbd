import { expect } from "chai";

import { publisherGasLimit, windowAwareGasLimit } from "../../../harness/consensus/publisherGas.ts";
import { boundarySlip, unpaidSlip } from "../../../harness/scenarios/boundarySlip.ts";
import { runScenario } from "../../../harness/scenarios/scenario.ts";
import type { WorldStep } from "../../../harness/world/worldStep.ts";
import { openTestWorld, type TestWorld } from "../../support/world.ts";

describe("A proposer's transaction that slips over the boundary, with a committee of 48", () => {
  let world: TestWorld;
  let slot: bigint;
  /** Gas limits, from the same state. */
  let unmodified: bigint;
  let windowAware: bigint;
  let told: WorldStep[];
  let restore: () => Promise<void>;

  before(async () => {
    world = await openTestWorld({ shape: "mainnet" });
    // The epoch's first checkpoint sets it up, which no other does.
    await world.landOnTime(world.firstSlot);
    slot = await world.nextSlot();
    world.listen({ onStep: (step) => told.push(step) });
    restore = await world.chain.snapshot();
    const { gasUsed } = (await world.landOnTime(slot)).receipt;
    [unmodified, windowAware] = [publisherGasLimit(gasUsed), windowAwareGasLimit(gasUsed)];
  });

  beforeEach(async () => {
    await restore();
    told = [];
  });

  it("is lost with an unmodified publisher's gas limit, and burns nearly all of it", async () => {
    await runScenario(unpaidSlip, { world });
    expect(told.map((step) => [step.id, step.slot, step.outcome])).to.deep.equal([
      ["unpaidSlip.burned", slot, "reverted"],
      ["unpaidSlip.next", slot + 1n, "success"],
    ]);
    const { gasUsed = 0n } = told[0] ?? {};
    // EIP-150: a caller keeps a 64th when the call that it makes takes all.
    expect(gasUsed > (unmodified * 63n) / 64n && gasUsed < unmodified, `${gasUsed} of ${unmodified}`).to.equal(true);
  });

  it("lands with the limit of a publisher that knows the window", async () => {
    await runScenario(boundarySlip, { world });
    expect(told.map((step) => [step.id, step.slot, step.outcome])).to.deep.equal([
      ["late.boundarySlip.land", slot, "success"],
      ["late.boundarySlip.next", slot + 1n, "success"],
    ]);
    const { gasUsed = 0n } = told[0] ?? {};
    expect(gasUsed > unmodified && gasUsed < windowAware, `${gasUsed} of ${unmodified}, ${windowAware}`).to.equal(true);
  });
});
