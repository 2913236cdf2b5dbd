import { expect } from "chai";
import { AbiCoder, keccak256 } from "ethers";
import { network } from "hardhat";

import { Buffer32, Fr, Secp256k1Signer, SlotNumber } from "../../../harness/upstream/foundation.ts";
import {
  CheckpointHeader,
  CommitteeAttestation,
  CommitteeAttestationsAndSigners,
  ConsensusPayload,
  getHashedSignaturePayload,
  getHashedSignaturePayloadEthSignedMessage,
  SignatureDomainSeparator,
} from "../../../harness/upstream/stdlib.ts";

const GENESIS = 4_000_000_000n;
const SLOT = 21n;
const EPOCH = 5n;
const COMMITTEE_SIZE = 13;
const QUORUM = 9;

/** Fixed keys: member i signs with key i + 1. */
const members = Array.from(
  { length: COMMITTEE_SIZE },
  (_, index) => new Secp256k1Signer(Buffer32.fromBigInt(BigInt(index) + 1n)),
);

describe("A quorum as nodes pack it", () => {
  it("is accepted by the contract for the digest that nodes sign", async () => {
    const { ethers, networkHelpers } = await network.create();
    const harness = await ethers.deployContract("LateAuthorisationLib__Harness");
    await networkHelpers.time.increaseTo(GENESIS);
    await harness.initializeTime(GENESIS, 36, 4, 1);
    await harness.initializeSelection(COMMITTEE_SIZE, 1, 1);
    const addresses = members.map((member) => member.address.toString());
    await harness.setCommitment(EPOCH, keccak256(AbiCoder.defaultAbiCoder().encode(["address[]"], [addresses])));
    await networkHelpers.time.increaseTo(GENESIS + (SLOT + 1n) * 36n);
    const proposerIndex = Number(await harness.getProposerIndex(EPOCH, SLOT, COMMITTEE_SIZE));

    const header = CheckpointHeader.empty({ slotNumber: SlotNumber(Number(SLOT)) });
    const payload = new ConsensusPayload(header, new Fr(7n));
    const separator = SignatureDomainSeparator.checkpointAttestation;
    const signed = getHashedSignaturePayloadEthSignedMessage(payload, separator);
    const attestations = members.map((member, index) => {
      const distance = (index - proposerIndex + COMMITTEE_SIZE) % COMMITTEE_SIZE;
      return distance < QUORUM
        ? new CommitteeAttestation(member.address, member.sign(signed))
        : CommitteeAttestation.fromAddress(member.address);
    });
    const packed = new CommitteeAttestationsAndSigners(attestations);
    const signers = packed.getSigners().map((signer) => signer.toString());
    expect(signers, "a bare quorum").to.have.lengthOf(QUORUM);

    const digest = getHashedSignaturePayload(payload, separator).toString();
    const proposer = await harness.verifyQuorum.staticCall(SLOT, packed.getPackedAttestations(), signers, digest);
    expect(proposer.toLowerCase(), "the proposer of the slot").to.equal(addresses[proposerIndex]);
  });
});
