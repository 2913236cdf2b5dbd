import { expect } from "chai";

import { assembleCheckpoint, attestCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import type { Checkpoint } from "../../../harness/consensus/checkpoint.ts";
import {
  attestToProposal,
  collectQuorum,
  isLandable,
  signProposal,
} from "../../../harness/consensus/gossipMessages.ts";
import { KeyRing } from "../../../harness/consensus/keyRing.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import type { CheckpointAttestation, CheckpointProposal } from "../../../harness/upstream/stdlib.ts";
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

  it("are landable from a quorum on, and only with the proposer's own attestation", () => {
    const others = attestations.filter((_attestation, index) => index !== committee.proposerIndex);
    const own = attestations[committee.proposerIndex] as CheckpointAttestation;
    expect(isLandable(committee, [...others.slice(0, 32), own]), "33, its own among them").to.equal(true);
    expect(isLandable(committee, [...others.slice(0, 31), own]), "32").to.equal(false);
    expect(isLandable(committee, others), "47 without its own").to.equal(false);
    expect(isLandable(committee, [...others.slice(0, 31), own, own]), "one of them twice").to.equal(false);
    const { account, privateKey } = deriveAccount("strangers", "validator");
    const strangers = new KeyRing([{ account, privateKey }]);
    const stranger = attestToProposal(proposal, signerOf(strangers, account.address));
    expect(isLandable(committee, [...others.slice(0, 31), own, stranger]), "one of them a stranger's").to.equal(false);
  });
});
