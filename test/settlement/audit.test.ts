import { expect } from "chai";

import { AccountingError } from "../../harness/accounting/accountingError.ts";
import { assertConserved, auditProof } from "../../harness/accounting/auditProof.ts";
import { decimalStrings } from "../../harness/accounting/decimalStrings.ts";
import { decodeRecorded, decodeSettled } from "../../harness/accounting/lateSubmissionEvents.ts";
import { mintFeeAsset } from "../../harness/accounting/mintFeeAsset.ts";
import { Sequencer } from "../../harness/world/world.ts";
import { deriveAccount } from "../../harness/l1/deriveAccount.ts";
import { firstSlotOfEpoch } from "../../harness/protocol/time.ts";
import { upgradedNetwork } from "../support/networks.ts";
import { rejection } from "../support/rejection.ts";

const CHECKPOINT_REWARD = 500n * 10n ** 18n;

describe("The audit of an epoch proof", () => {
  it("finds where the money of a late and an on-time checkpoint came from and went", async () => {
    const network = await upgradedNetwork();
    const { chain, buildAhead, firstBuildAheadEpoch, validators } = network;
    const sequencer = new Sequencer({ deployment: network, rollup: buildAhead, validators, seed: "audit" });
    const first = firstSlotOfEpoch(buildAhead.timing, firstBuildAheadEpoch) + 1n;
    const rescuer = deriveAccount("audit", "rescuer").account;
    const prover = deriveAccount("audit", "prover").account;
    for (const { address } of [rescuer, prover]) await chain.setBalance(address, 10n ** 20n);

    await mintFeeAsset(network, buildAhead.feeJuicePortal, 10n ** 24n);

    const late = await sequencer.landLate(await sequencer.build(first), { from: rescuer });
    await sequencer.landOnTime(first + 2n);
    const [recorded] = decodeRecorded(late.receipt, buildAhead.address);
    expect(recorded).to.deep.equal({
      slot: first,
      checkpointNumber: 1n,
      originalProposer: (await sequencer.committee(first)).proposer.address,
      submitter: rescuer.address,
      delay: 12n,
    });

    const receipt = await sequencer.prove(1n, 2n, prover);
    const audit = await auditProof(sequencer.view, receipt);
    assertConserved(audit);
    expect(audit.epoch, "epoch").to.equal(firstBuildAheadEpoch);
    expect(audit.prover, "prover").to.equal(prover.address);
    expect(audit.sources.distributorOutflow, "two checkpoint rewards").to.equal(2n * CHECKPOINT_REWARD);
    expect(audit.sources.feesIn, "fees of two full checkpoints").to.be.greaterThan(0n);
    const [settled] = audit.settled;
    expect(settled?.submitter, "submitter").to.equal(rescuer.address);
    expect(audit.uses.submitterCredits, "half of the share").to.equal((settled?.share ?? 0n) / 2n);
    expect(audit.forfeited, "a quarter of the share").to.equal((settled?.share ?? 0n) / 4n);
    expect(audit.credits[rescuer.address], "the rescuer's books").to.equal(audit.uses.submitterCredits);

    const json = decimalStrings(audit);
    expect(json.sources.distributorOutflow).to.equal("1000000000000000000000");
    expect(json.settled[0]?.slot).to.equal(first.toString());

    await rejection(auditProof(sequencer.view, late.receipt), AccountingError);
    expect(decodeSettled(late.receipt, buildAhead.address)).to.deep.equal([]);
  });
});
