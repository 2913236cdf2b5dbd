import { expect } from "chai";
import { artifacts } from "hardhat";
import { parseEventLogs, type Abi, type TransactionReceipt } from "viem";

import { readCheckpointAsArchiver } from "../../../harness/consensus/archiverDecoding.ts";
import { withAttestations, type AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { nameLateRecipientCall } from "../../../harness/consensus/bundledCalls.ts";
import { readTip } from "../../../harness/consensus/checkpointTip.ts";
import { withoutAttestation } from "../../../harness/consensus/malformedAttestations.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import type { LandOptions } from "../../../harness/world/world.ts";
import { landed } from "../../support/landing.ts";
import { openTestWorld, type TestWorld } from "../../support/world.ts";

const recipient = deriveAccount("late landing", "recipient").account.address;

describe("A checkpoint that a third party lands one slot late", () => {
  let world: TestWorld;
  let abi: Abi;
  let slot: bigint;
  /** As its proposer would send it. */
  let late: AttestedCheckpoint;
  /** What gossip gave away: neither the proposer's second signature nor a list of signers. */
  let rescued: AttestedCheckpoint;

  beforeEach(async () => {
    world = await openTestWorld({ shape: "mainnet" });
    abi = (await artifacts.readArtifact("BuildAheadRollup")).abi as Abi;
    slot = world.firstSlot + 1n;
    late = await world.build(slot);
    rescued = withAttestations(late, { ...late, signers: [] });
  });

  const bundled = (): LandOptions => ({
    from: world.rescuer,
    bundle: { before: [nameLateRecipientCall(world.view, recipient, false)], allowFailure: false },
  });
  const direct = (): LandOptions => ({ from: world.rescuer });

  function recordedBy({ logs }: TransactionReceipt) {
    const [event] = parseEventLogs({ abi, eventName: "LateSubmissionRecorded", logs });
    return event?.args as Record<string, unknown> | undefined;
  }

  it("needs nothing that was not gossiped, and credits whom the bundle names", async () => {
    const { receipt } = await world.landLate(rescued, bundled());
    expect(recordedBy(receipt)).to.deep.equal({
      slot,
      checkpointNumber: 1n,
      originalProposer: late.proposer,
      submitter: recipient,
      delay: 12n,
    });
    expect((await readTip(world.view)).archive).to.equal(late.archive);
  });

  it("credits the sender of a direct transaction", async () => {
    const { receipt } = await world.landLate(rescued, { ...direct(), delay: 0n });
    expect(recordedBy(receipt)).to.deep.include({ submitter: world.rescuer.address, delay: 0n });
  });

  for (const [route, options] of Object.entries({ direct, bundled })) {
    it(`is read by the archiver of v4.1.2, ${route}, without a trace`, async () => {
      const { receipt } = await world.landLate(rescued, options());
      const read = await readCheckpointAsArchiver(world.view, receipt.transactionHash);
      expect(read.header.equals(late.header)).to.equal(true);
      expect(read.archiveRoot.toString()).to.equal(late.archive);
      expect(read.neededTrace).to.equal(false);
      expect(read.attestations.filter(({ signature }) => !signature.isEmpty()).length, "attestations").to.equal(33);
    });
  }

  it("carries a child that was built before it landed, and an epoch proof that starts with it", async () => {
    const child = await world.build(slot + 1n, { parent: late });
    await world.landLate(rescued, { ...bundled(), delay: 0n });
    await landed(world, child);
    const { logs } = await world.prove([rescued, child], world.rescuer);
    const [proven] = parseEventLogs({ abi: RollupAbi, eventName: "L2ProofVerified", logs });
    expect(proven?.args.checkpointNumber, "proven tip").to.equal(2n);
    const settled = parseEventLogs({ abi, eventName: "LateSubmissionSettled", logs });
    expect(settled.length, "settlements").to.equal(1);
  });

  it("can be the last one of a proof", async () => {
    await world.landLate(rescued, bundled());
    await world.prove([rescued], world.rescuer);
    expect((await readTip(world.view)).number).to.equal(1n);
    expect(await world.landedIn(world.firstEpoch), "what L1 says has landed").to.deep.equal([rescued]);
    expect(world.follower.proven, "proven tip").to.equal(1n);
  });

  it("is refused without a quorum, which on time nobody would have counted", async () => {
    const { members, proposerIndex } = await world.committee(slot);
    const index = members.findIndex((member, at) => at !== proposerIndex && late.signers.includes(member));
    const member = members[index];
    if (member === undefined) throw new RangeError("the quorum has other members than the proposer");
    const short = withAttestations(rescued, withoutAttestation(rescued, members.length, index, member));
    const { revert } = await world.land(short, { ...direct(), timestamp: world.at(slot + 1n) });
    expect(revert?.errorName).to.equal("ValidatorSelection__InsufficientAttestations");
  });
});
