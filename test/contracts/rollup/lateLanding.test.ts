import { expect } from "chai";
import { artifacts } from "hardhat";
import { encodeFunctionData, parseEventLogs, type Abi, type LocalAccount, type TransactionReceipt } from "viem";

import { makeEpochProofTransaction } from "../../../harness/consensus/epochProofTransaction.ts";
import { makeBundledProposeTransaction, makeProposeTransaction } from "../../../harness/consensus/proposeTransaction.ts";
import { nameLateRecipientCall } from "../../../harness/consensus/bundledCalls.ts";
import { readCheckpointAsArchiver } from "../../../harness/consensus/archiverDecoding.ts";
import {
  ABSENT_SIGNATURE,
  withAttestations,
  type AttestedCheckpoint,
} from "../../../harness/consensus/attestedCheckpoint.ts";
import { readTip } from "../../../harness/consensus/checkpointTip.ts";
import { withoutAttestation } from "../../../harness/consensus/malformedAttestations.ts";
import type { RollupView } from "../../../harness/consensus/rollupView.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import { firstSlotOfEpoch, slotStart } from "../../../harness/protocol/time.ts";
import type { UpgradedNetwork } from "../../../harness/network/upgradeToBuildAhead.ts";
import { RollupAbi, TestERC20Abi } from "../../../harness/upstream/abis.ts";
import { upgradedNetwork } from "../../support/networks.ts";
import { rejection } from "../../support/rejection.ts";
import { attested, landOnTime, type Attested } from "../../support/landing.ts";

const rescuer = deriveAccount("late landing", "rescuer").account;
const recipient = deriveAccount("late landing", "recipient").account.address;

describe("A checkpoint that a third party lands one slot late", () => {
  let network: UpgradedNetwork;
  let view: RollupView;
  let abi: Abi;
  let late: Attested;
  /** What gossip gave away: everything but the proposer's second signature. */
  let rescued: AttestedCheckpoint;
  /** First second of the slot after the header's. */
  let nextSlotStart: bigint;

  beforeEach(async () => {
    network = await upgradedNetwork();
    view = { chain: network.chain, rollup: network.buildAhead };
    abi = (await artifacts.readArtifact("BuildAheadRollup")).abi as Abi;
    await network.chain.setBalance(rescuer.address, 10n ** 20n);
    // Nobody has bridged fees to the new version yet, and a proof pays them out.
    const mint = encodeFunctionData({
      abi: TestERC20Abi,
      functionName: "mint",
      args: [view.rollup.feeJuicePortal, 10n ** 24n],
    });
    await network.chain.execute({ from: network.deployer, to: network.contracts.feeAsset, data: mint });
    const slot = firstSlotOfEpoch(view.rollup.timing, network.firstBuildAheadEpoch) + 1n;
    nextSlotStart = slotStart(view.rollup.timing, slot + 1n);
    late = await attested(view, network.validators, { slot, parent: await readTip(view) });
    rescued = withAttestations(late.checkpoint, late.checkpoint, ABSENT_SIGNATURE);
  });

  const bundle = () =>
    makeBundledProposeTransaction(view, rescued, rescuer, {
      multicall3: network.contracts.multicall3,
      before: [nameLateRecipientCall(view, recipient, false)],
      allowFailure: false,
    });
  const direct = (from: LocalAccount) => makeProposeTransaction(view, rescued, from);

  function recordedBy({ logs }: TransactionReceipt) {
    const [event] = parseEventLogs({ abi, eventName: "LateSubmissionRecorded", logs });
    return event?.args as Record<string, unknown> | undefined;
  }

  it("needs nothing that was not gossiped, and credits whom the bundle names", async () => {
    const receipt = await network.chain.execute(bundle(), { timestamp: nextSlotStart + 12n });
    expect(recordedBy(receipt)).to.deep.equal({
      slot: late.checkpoint.slot,
      checkpointNumber: 1n,
      originalProposer: late.committee.proposer.address,
      submitter: recipient,
      delay: 12n,
    });
    expect((await readTip(view)).archive).to.equal(late.checkpoint.archive);
  });

  it("credits the sender of a direct transaction", async () => {
    const receipt = await network.chain.execute(direct(rescuer), { timestamp: nextSlotStart });
    expect(recordedBy(receipt)).to.deep.include({ submitter: rescuer.address, delay: 0n });
  });

  for (const route of ["direct", "bundled"] as const) {
    it(`is read by the archiver of v4.1.2, ${route}, without a trace`, async () => {
      const transaction = route === "direct" ? direct(rescuer) : bundle();
      const { transactionHash } = await network.chain.execute(transaction, { timestamp: nextSlotStart });
      const read = await readCheckpointAsArchiver(view, transactionHash);
      expect(read.header.equals(late.checkpoint.header)).to.equal(true);
      expect(read.archiveRoot.toString()).to.equal(late.checkpoint.archive);
      expect(read.neededTrace).to.equal(false);
      expect(read.attestations.filter(({ signature }) => !signature.isEmpty()).length, "attestations").to.equal(33);
    });
  }

  it("carries a child that was built before it landed, and an epoch proof that starts with it", async () => {
    const child = await attested(view, network.validators, {
      slot: late.checkpoint.slot + 1n,
      parent: late.checkpoint,
    });
    await network.chain.execute(bundle(), { timestamp: nextSlotStart });
    await landOnTime(view, child);
    const proof = await makeEpochProofTransaction(view, rescuer, { checkpoints: [rescued, child.checkpoint] });
    const receipt = await network.chain.execute(proof);
    const [proven] = parseEventLogs({ abi: RollupAbi, eventName: "L2ProofVerified", logs: receipt.logs });
    expect(proven?.args.checkpointNumber, "proven tip").to.equal(2n);
    const settled = parseEventLogs({ abi, eventName: "LateSubmissionSettled", logs: receipt.logs });
    expect(settled.length, "settlements").to.equal(1);
  });

  it("can be the last one of a proof", async () => {
    await network.chain.execute(bundle(), { timestamp: nextSlotStart });
    await network.chain.execute(await makeEpochProofTransaction(view, rescuer, { checkpoints: [rescued] }));
    expect((await readTip(view)).number).to.equal(1n);
  });

  it("is refused without a quorum, which on time nobody would have counted", async () => {
    const { members, proposerIndex } = late.committee;
    const index = members.findIndex(
      ({ address }, at) => at !== proposerIndex && late.checkpoint.signers.includes(address),
    );
    const member = members[index];
    if (member === undefined) throw new RangeError("the quorum has other members than the proposer");
    const short = withAttestations(rescued, withoutAttestation(rescued, members.length, index, member.address));
    const transaction = makeProposeTransaction(view, short, rescuer);
    const error = await rejection(network.chain.execute(transaction, { timestamp: nextSlotStart }), L1RevertError);
    expect(error.errorName).to.equal("ValidatorSelection__InsufficientAttestations");
  });
});
