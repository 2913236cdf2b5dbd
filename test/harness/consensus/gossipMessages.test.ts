import { expect } from "chai";

import { assembleCheckpoint, attestCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import type { Checkpoint } from "../../../harness/consensus/checkpoint.ts";
import {
  attestToProposal,
  collectQuorum,
  isLandable,
  rescueWithProposal,
  signProposal,
} from "../../../harness/consensus/gossipMessages.ts";
import { KeyRing } from "../../../harness/consensus/keyRing.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import {
  CommitteeAttestation,
  type CheckpointAttestation,
  type CheckpointProposal,
} from "../../../harness/upstream/stdlib.ts";
import { signerOf } from "../../support/signerOf.ts";
import { makeCheckpoint } from "../../support/syntheticCheckpoint.ts";
import { makeCommittee } from "../../support/syntheticCommittee.ts";

describe("Gossiped messages", () => {
  const committee = makeCommittee();
  const { members, proposer, keys } = committee;
  let checkpoint: Checkpoint;
  let proposal: CheckpointProposal;
  let attestations: CheckpointAttestation[];

  before(async () => {
    checkpoint = await makeCheckpoint();
    proposal = await signProposal(checkpoint, signerOf(keys, proposer));
    attestations = members.map((member) => attestToProposal(proposal, signerOf(keys, member)));
  });

  it("name their senders by signature alone", () => {
    expect(proposal.getSender()?.toString()).to.equal(proposer.toLowerCase());
    const senders = attestations.map((attestation) => attestation.getSender()?.toString());
    expect(senders).to.deep.equal(members.map((member) => member.toLowerCase()));
    expect(attestations[0]?.getProposer()?.toString()).to.equal(proposer.toLowerCase());
  });

  it("survive serialisation", () => {
    const [first] = attestations;
    const copy = (first?.constructor as typeof CheckpointAttestation).fromBuffer(first?.toBuffer() ?? Buffer.alloc(0));
    expect(copy.getSender()?.toString()).to.equal(members[0]?.toLowerCase());
    expect(copy.payload.equals(checkpoint.payload)).to.equal(true);
  });

  it("make the transaction that the committee's signatures make directly", () => {
    const gossiped = assembleCheckpoint(checkpoint, committee, keys, collectQuorum(committee, attestations));
    expect(gossiped.proposeCalldata).to.equal(attestCheckpoint(checkpoint, committee, keys).proposeCalldata);
  });

  it("are landable with the proposal from a quorum on, with the proposer's own attestation or without", () => {
    const others = attestations.filter((_attestation, index) => index !== committee.proposerIndex);
    const own = attestations[committee.proposerIndex] as CheckpointAttestation;
    expect(isLandable(committee, proposal, [...others.slice(0, 32), own]), "33, its own among them").to.equal(true);
    expect(isLandable(committee, proposal, others.slice(0, 33)), "33 without its own").to.equal(true);
    expect(isLandable(committee, proposal, others.slice(0, 32)), "32").to.equal(false);
    expect(isLandable(committee, proposal, [...others.slice(0, 31), own, own]), "one of them twice").to.equal(false);
    const { account, privateKey } = deriveAccount("strangers", "validator");
    const stranger = signerOf(new KeyRing([{ account, privateKey }]), account.address);
    const foreign = attestToProposal(proposal, stranger);
    expect(isLandable(committee, proposal, [...others.slice(0, 32), foreign]), "one a stranger's").to.equal(false);
  });

  it("are not landable with a proposal that is a member's but not the proposer's, or is another one", async () => {
    const otherMember = members[committee.proposerIndex - 1] ?? proposer;
    const usurped = await signProposal(checkpoint, signerOf(keys, otherMember));
    expect(isLandable(committee, usurped, attestations), "another member's").to.equal(false);
    const other = await signProposal(await makeCheckpoint("another"), signerOf(keys, proposer));
    expect(isLandable(committee, other, attestations), "nobody attests to this one").to.equal(false);
    expect(isLandable(committee, proposal, attestations), "the one that is attested to").to.equal(true);
  });

  it("make a rescue that names no signers and carries the proposal's signature", () => {
    const others = attestations.filter((_attestation, index) => index !== committee.proposerIndex);
    const rescue = rescueWithProposal(checkpoint, committee, others, proposal);
    const unpacked = CommitteeAttestation.fromPacked(rescue.attestations, members.length);
    expect(unpacked.filter(({ signature }) => !signature.isEmpty()).length, "signatures").to.equal(committee.quorum);
    expect(unpacked[committee.proposerIndex]?.signature.isEmpty(), "the proposer's is missing").to.equal(true);
    expect(rescue.signers, "signers").to.deep.equal([]);
    expect(rescue.signature).to.deep.equal(proposal.signature.toViemSignature());
    expect(rescue.proposer).to.equal(proposer);
  });
});
