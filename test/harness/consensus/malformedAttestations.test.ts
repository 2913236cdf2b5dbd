import { expect } from "chai";

import {
  signAttestation,
  signAttestationsAndSigners,
  type AttestationsAndSigners,
} from "../../../harness/consensus/attestations.ts";
import { withAttestations, type AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { checkHeader } from "../../../harness/consensus/checkHeader.ts";
import {
  withExtraBytes,
  withExtraSigner,
  withFlippedBit,
  withHighS,
  withOtherMember,
  withOtherSigner,
  withoutAttestation,
  withoutLastByte,
  withoutLastSigner,
  withSignatureOf,
} from "../../../harness/consensus/malformedAttestations.ts";
import type { SlotCommittee } from "../../../harness/consensus/slotCommittee.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import { signerOf } from "../../support/signerOf.ts";
import { openV4World, type V4World } from "../../support/world.ts";

const STRANGER = deriveAccount("malformed attestations", "stranger").account.address;
const SIZE = 48;

interface Case {
  readonly name: string;
  readonly malform: (
    form: AttestationsAndSigners,
    committee: SlotCommittee,
    positions: Positions,
  ) => AttestationsAndSigners;
  /** The error of an on-time `propose`, which verifies the proposer only; undefined: it lands. */
  readonly propose: string | undefined;
  /** The error of `checkHeader`, which counts the quorum first. */
  readonly check: string;
}

/** Positions in the committee, by what happened there. */
interface Positions {
  readonly signer: number;
  readonly absentee: number;
  readonly proposer: number;
}

const CASES: readonly Case[] = [
  {
    name: "the bitmap is a byte short",
    malform: (form) => withoutLastByte(form, "signatureIndices"),
    propose: "AttestationLib__SignatureIndicesSizeMismatch",
    check: "Panic",
  },
  {
    name: "the bitmap is a byte long",
    malform: (form) => withExtraBytes(form, "signatureIndices"),
    propose: "AttestationLib__SignatureIndicesSizeMismatch",
    check: "AttestationLib__SignatureIndicesSizeMismatch",
  },
  {
    name: "the data is a byte short",
    malform: (form) => withoutLastByte(form, "signaturesOrAddresses"),
    propose: "AttestationLib__SignaturesOrAddressesSizeMismatch",
    check: "ValidatorSelection__InvalidCommitteeCommitment",
  },
  {
    name: "the data is a byte long",
    malform: (form) => withExtraBytes(form, "signaturesOrAddresses"),
    propose: "AttestationLib__SignaturesOrAddressesSizeMismatch",
    check: "AttestationLib__SignaturesOrAddressesSizeMismatch",
  },
  {
    name: "the bitmap hides a signature",
    malform: (form, _committee, { signer }) => withFlippedBit(form, signer),
    propose: "AttestationLib__SignaturesOrAddressesSizeMismatch",
    // What follows is read at the wrong place, and the seed's bytes there decide which fault is found.
    check: "ECDSAInvalidSignature",
  },
  {
    name: "the list lacks a signer",
    malform: (form) => withoutLastSigner(form),
    propose: "Panic",
    check: "Panic",
  },
  {
    name: "the list has a signer too many",
    malform: (form) => withExtraSigner(form, STRANGER),
    propose: "AttestationLib__SignersSizeMismatch",
    check: "AttestationLib__SignersSizeMismatch",
  },
  {
    name: "the list names a stranger",
    malform: (form) => withOtherSigner(form, 0, STRANGER),
    propose: "ValidatorSelection__InvalidCommitteeCommitment",
    check: "ValidatorSelection__InvalidCommitteeCommitment",
  },
  {
    name: "a member is another's",
    malform: (form, _committee, { absentee }) => withOtherMember(form, SIZE, absentee, STRANGER),
    propose: "ValidatorSelection__InvalidCommitteeCommitment",
    check: "ValidatorSelection__InvalidCommitteeCommitment",
  },
  {
    name: "the proposer's own attestation is withheld",
    malform: (form, { proposer }, positions) => withoutAttestation(form, SIZE, positions.proposer, proposer),
    propose: "ValidatorSelection__MissingProposerSignature",
    check: "ValidatorSelection__InsufficientAttestations",
  },
  {
    name: "one attestation is missing from the quorum",
    malform: (form, { members }, { signer }) => withoutAttestation(form, SIZE, signer, members[signer] ?? STRANGER),
    propose: undefined,
    check: "ValidatorSelection__InsufficientAttestations",
  },
  {
    name: "the proposer's attestation is malleable",
    malform: (form, _committee, { proposer }) => withHighS(form, SIZE, proposer),
    propose: "ECDSAInvalidSignatureS",
    check: "ECDSAInvalidSignatureS",
  },
  {
    name: "another's attestation is malleable",
    malform: (form, _committee, { signer }) => withHighS(form, SIZE, signer),
    propose: undefined,
    check: "ECDSAInvalidSignatureS",
  },
];

describe("Malformed attestations", () => {
  let world: V4World;
  let checkpoint: AttestedCheckpoint;
  let committee: SlotCommittee;
  let positions: Positions;
  let timestamp: bigint;

  beforeEach(async () => {
    world = await openV4World();
    const slot = world.firstSlot + 1n;
    timestamp = world.at(slot, 12n);
    checkpoint = await world.build(slot);
    committee = await world.committee(slot);
    const isSigner = committee.members.map((member) => checkpoint.signers.includes(member));
    positions = {
      signer: isSigner.findIndex((signed, index) => signed && index !== committee.proposerIndex),
      absentee: isSigner.indexOf(false),
      proposer: committee.proposerIndex,
    };
  });

  /** The error L1 answers a proposal with, undefined when it lands. */
  async function propose(candidate: AttestedCheckpoint): Promise<string | undefined> {
    const { revert } = await world.land(candidate, { timestamp });
    return revert?.errorName;
  }

  /** The proposer's signature over whatever it is given. */
  const vouchFor = (form: AttestationsAndSigners) =>
    signAttestationsAndSigners(form, signerOf(world.keys, committee.proposer));

  async function outcome(attempt: Promise<unknown>): Promise<string | undefined> {
    try {
      await attempt;
      return undefined;
    } catch (error) {
      if (error instanceof L1RevertError) return error.errorName;
      throw error;
    }
  }

  for (const { name, malform, propose: expectedOnTime, check: expectedCheck } of CASES) {
    const verdict = expectedOnTime === undefined ? "landed by v4, and refused by the header check" : "refused";
    it(`are ${verdict} when ${name}`, async () => {
      const form = malform(checkpoint, committee, positions);
      // The proposer vouches for whatever it sends.
      const signature = vouchFor(form);
      const candidate = withAttestations(checkpoint, form, signature);
      expect(await outcome(checkHeader(world, candidate, timestamp)), "header check").to.equal(expectedCheck);
      expect(await propose(candidate), "on time").to.equal(expectedOnTime);
    });
  }

  it("are landed by v4, and refused by the header check, when an attestation is somebody else's", async () => {
    const impostor = signAttestation(checkpoint.payload, signerOf(world.keys, committee.proposer));
    const form = withSignatureOf(checkpoint, SIZE, positions.signer, impostor);
    const candidate = withAttestations(checkpoint, form, vouchFor(form));
    const expected = "ValidatorSelection__InvalidCommitteeCommitment";
    expect(await outcome(checkHeader(world, candidate, timestamp)), "header check").to.equal(expected);
    expect(await propose(candidate), "on time").to.equal(undefined);
  });

  it("do not include a missing second signature: without it an on-time proposal is refused all the same", async () => {
    expect(await propose(withAttestations(checkpoint, checkpoint))).to.equal("ECDSAInvalidSignature");
  });

  it("are the exception: the same checkpoint, well formed, lands", async () => {
    expect(await outcome(checkHeader(world, checkpoint, timestamp)), "header check").to.equal(undefined);
    expect(await propose(checkpoint), "on time").to.equal(undefined);
  });
});
