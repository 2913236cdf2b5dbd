import { expect } from "chai";

import { AccountingError } from "../../../harness/accounting/accountingError.ts";
import { assertConserved, auditProof } from "../../../harness/accounting/auditProof.ts";
import { decimalStrings } from "../../../harness/accounting/decimalStrings.ts";
import { decodeRecorded, decodeSettled } from "../../../harness/accounting/lateSubmissionEvents.ts";
import { upgradedNetwork } from "../../support/networks.ts";
import { rejection } from "../../support/rejection.ts";
import { testWorldOn } from "../../support/world.ts";

const CHECKPOINT_REWARD = 500n * 10n ** 18n;

describe("The audit of an epoch proof", () => {
  it("finds where the money of a late and an on-time checkpoint came from and went", async () => {
    const world = await testWorldOn(await upgradedNetwork(), "audit");
    const { rollup, rescuer, prover } = world;
    const slot = world.firstSlot + 1n;
    const late = await world.landLate(await world.build(slot), { from: rescuer });
    const onTime = await world.landOnTime(slot + 2n);
    const [recorded] = decodeRecorded(late.receipt, rollup.address);
    expect(recorded).to.deep.equal({
      slot,
      checkpointNumber: 1n,
      originalProposer: (await world.committee(slot)).proposer,
      submitter: rescuer.address,
      delay: 12n,
    });

    const receipt = await world.prove([late.checkpoint, onTime.checkpoint], prover);
    const audit = await auditProof(world.view, receipt);
    assertConserved(audit);
    expect(audit.epoch, "epoch").to.equal(world.firstEpoch);
    expect(audit.prover, "prover").to.equal(prover.address);
    expect(audit.sources.distributorOutflow, "two checkpoint rewards").to.equal(2n * CHECKPOINT_REWARD);
    expect(audit.sources.feesIn, "fees of two full checkpoints").to.be.greaterThan(0n);
    const [settled] = audit.settled;
    expect(settled?.submitter, "submitter").to.equal(rescuer.address);
    const share = settled?.share ?? 0n;
    expect(audit.uses.submitterCredits, "30 % of the share, half-way through the window").to.equal((share * 3n) / 10n);
    expect(audit.forfeited, "45 % of the share").to.equal((share * 9n) / 20n);
    expect(audit.credits[rescuer.address], "the rescuer's books").to.equal(audit.uses.submitterCredits);

    const json = decimalStrings(audit);
    expect(json.sources.distributorOutflow).to.equal("1000000000000000000000");
    expect(json.settled[0]?.slot).to.equal(slot.toString());

    await rejection(auditProof(world.view, late.receipt), AccountingError);
    expect(decodeSettled(late.receipt, rollup.address)).to.deep.equal([]);
  });
});
