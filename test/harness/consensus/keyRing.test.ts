import { expect } from "chai";
import type { Address } from "viem";

import { ABSENT_SIGNATURE, attestCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { KeyRing } from "../../../harness/consensus/keyRing.ts";
import { selectQuorum } from "../../../harness/consensus/slotCommittee.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { CommitteeAttestation } from "../../../harness/upstream/stdlib.ts";
import { makeCheckpoint } from "../../support/syntheticCheckpoint.ts";
import { makeCommittee, type SyntheticCommittee } from "../../support/syntheticCommittee.ts";

const held = deriveAccount("key ring", "validator", 0);
const stranger = deriveAccount("key ring", "validator", 1).account.address;

describe("A key ring", () => {
  const ring = new KeyRing([held]);

  it("sends and signs for an address whose key it holds, however that is written", () => {
    const { address } = held.account;
    for (const spelling of [address, address.toLowerCase() as Address]) {
      expect(ring.holds(spelling)).to.equal(true);
      expect(ring.accountOf(spelling)?.address).to.equal(address);
      expect(ring.signerOf(spelling)?.address.toString()).to.equal(address.toLowerCase());
    }
  });

  it("says that it has no key for another address, which is an answer and no error", () => {
    expect(ring.holds(stranger)).to.equal(false);
    expect(ring.accountOf(stranger)).to.equal(undefined);
    expect(ring.signerOf(stranger)).to.equal(undefined);
  });
});

describe("A checkpoint attested where keys are missing", () => {
  const committee = makeCommittee({ size: 6, proposerIndex: 2 });
  const everybody = selectQuorum(committee, 6);

  it("has the attestations that could be given, and the addresses of the others", async () => {
    const checkpoint = await makeCheckpoint();
    const missing = [committee.members[0], committee.members[5]] as Address[];
    const { attestations, signers } = attestCheckpoint(
      checkpoint,
      committee,
      keysWithout(committee, missing),
      everybody,
    );
    expect(signers).to.deep.equal(everybody.filter((member) => !missing.includes(member)));
    const unpacked = CommitteeAttestation.fromPacked(attestations, 6);
    expect(unpacked.map(({ signature }) => signature.isEmpty())).to.deep.equal([
      true,
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(unpacked[0]?.address.toString()).to.equal(missing[0]?.toLowerCase());
  });

  it("lacks the proposer's second signature when that key is missing: it can still land late", async () => {
    const checkpoint = await makeCheckpoint();
    const complete = attestCheckpoint(checkpoint, committee, committee.keys);
    expect(complete.signature).not.to.deep.equal(ABSENT_SIGNATURE);
    const keys = keysWithout(committee, [committee.proposer]);
    const { signature, signers, proposer } = attestCheckpoint(checkpoint, committee, keys, everybody);
    expect(signature).to.deep.equal(ABSENT_SIGNATURE);
    expect(signers).not.to.include(committee.proposer);
    expect(proposer, "whose slot it is").to.equal(committee.proposer);
  });

  it("has no attestation at all without any key", async () => {
    const { signers, attestations } = attestCheckpoint(await makeCheckpoint(), committee, new KeyRing([]), everybody);
    expect(signers).to.deep.equal([]);
    expect(attestations.signatureIndices).to.equal("0x00");
  });
});

function keysWithout({ members, heldKeys }: SyntheticCommittee, missing: readonly Address[]): KeyRing {
  return new KeyRing(heldKeys.filter((_key, index) => !missing.includes(members[index] ?? "0x")));
}
