import { expect } from "chai";
import { concatHex, size, toHex, type Hex } from "viem";

import {
  packAttestations,
  signAttestation,
  signAttestationsAndSigners,
  type AttestationsAndSigners,
} from "../../../harness/consensus/attestations.ts";
import {
  attestCheckpoint,
  withAttestations,
  type AttestedCheckpoint,
} from "../../../harness/consensus/attestedCheckpoint.ts";
import { buildCheckpoint, type Checkpoint } from "../../../harness/consensus/checkpoint.ts";
import { readTip } from "../../../harness/consensus/checkpointTip.ts";
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
import { selectQuorum, type SlotCommittee } from "../../../harness/consensus/slotCommittee.ts";
import { slotAt } from "../../../harness/protocol/time.ts";
import { flipSignature } from "../../../harness/upstream/foundation.ts";
import { CommitteeAttestation } from "../../../harness/upstream/stdlib.ts";
import { proveAndSettle } from "../../support/settlement.ts";
import { commitmentTo, expectRejected, refusal, rehearse, type Verdict } from "../../support/verdict.ts";
import { signerOf } from "../../support/signerOf.ts";
import { openTestWorld, type TestWorld, type TestWorldOptions } from "../../support/world.ts";
import {
  claimedCommittee,
  countBits,
  dataOffset,
  dataSizes,
  provenCommittee,
  recoverSecondSignature,
} from "../../support/committees.ts";

/** A well-formed late submission and what it is made of. */
interface Target {
  readonly world: TestWorld;
  readonly checkpoint: AttestedCheckpoint;
  readonly committee: SlotCommittee;
  readonly form: AttestationsAndSigners;
  readonly members: number;
  /** Positions of the first member that signed without being the proposer, and of the first that did not sign. */
  readonly signerIndex: number;
  readonly absentIndex: number;
}

interface Forged {
  readonly form: AttestationsAndSigners;
  readonly expected: Exclude<Verdict, "accepted">;
  /** What `validateHeaderWithAttestations` says; default the same. */
  readonly rehearsal?: Verdict;
}

interface Forgery {
  readonly name: string;
  readonly forge: (target: Target) => Promise<Forged> | Forged;
  /** Only where the bitmap has bits to spare. */
  readonly needsPadding?: boolean;
}

const wrongCommittee = (reconstructed: readonly Hex[], { committee }: Target) =>
  refusal(
    "ValidatorSelection__InvalidCommitteeCommitment",
    commitmentTo(reconstructed),
    commitmentTo(committee.members),
  );

const wrongSignerCount = (bits: bigint, signers: number) =>
  refusal("AttestationLib__SignersSizeMismatch", bits, BigInt(signers));

const wrongBitmapSize = ({ members }: Target, actual: number) =>
  refusal("AttestationLib__SignatureIndicesSizeMismatch", BigInt(Math.ceil(members / 8)), BigInt(actual));

const wrongDataSize = (form: AttestationsAndSigners, { members }: Target) =>
  refusal("AttestationLib__SignaturesOrAddressesSizeMismatch", ...dataSizes(form, members));

/** Attestations of real members under another payload than the one that is submitted. */
async function attestedElsewhere(target: Target, other: Pick<Checkpoint, "payload">): Promise<Forged> {
  const { world, committee, checkpoint, members } = target;
  const signed = selectQuorum(committee).map((member) => signAttestation(other.payload, signerOf(world.keys, member)));
  const form = packAttestations(committee.members, signed);
  return { form, expected: wrongCommittee(await provenCommittee(form, members, checkpoint.digest), target) };
}

const FORGERIES: readonly Forgery[] = [
  {
    name: "attestations to the next slot's checkpoint",
    forge: async (target) => attestedElsewhere(target, await target.world.build(target.checkpoint.slot + 1n)),
  },
  {
    name: "attestations to another checkpoint of the same slot",
    forge: async (target) =>
      attestedElsewhere(target, await target.world.build(target.checkpoint.slot, { salt: "other" })),
  },
  {
    name: "attestations of the next epoch's committee",
    forge: async (target) => {
      const { world, checkpoint } = target;
      const next = await world.committee(checkpoint.slot + world.rollup.timing.epochSlots);
      const form = attestCheckpoint(checkpoint, { ...next, slot: checkpoint.slot }, world.keys);
      return {
        form,
        expected: wrongCommittee(next.members, target),
      };
    },
  },
  {
    name: "attestations to a checkpoint of another rollup at the same second",
    forge: async (target) => {
      const { world, checkpoint, committee } = target;
      const view = { chain: world.chain, rollup: world.network.rollup };
      const foreign = await buildCheckpoint(view, {
        slot: slotAt(view.rollup.timing, world.at(checkpoint.slot)),
        parent: await readTip(view),
        seed: "another rollup",
        coinbase: committee.proposer,
      });
      return attestedElsewhere(target, foreign);
    },
  },
  {
    name: "a quorum without the proposer",
    forge: ({ world, committee, checkpoint }) => {
      const { members, proposer, proposerIndex, quorum } = committee;
      const others = members.filter((member) => member !== proposer).slice(0, quorum);
      expect(others.length, "signatures").to.equal(quorum);
      return {
        form: attestCheckpoint(checkpoint, committee, world.keys, others),
        expected: refusal("ValidatorSelection__MissingProposerSignature", proposer, BigInt(proposerIndex)),
      };
    },
  },
  {
    name: "the proposer's attestation alone",
    forge: ({ world, committee, checkpoint }) => ({
      form: attestCheckpoint(checkpoint, committee, world.keys, [committee.proposer]),
      expected: refusal("ValidatorSelection__InsufficientAttestations", BigInt(committee.quorum), 1n),
    }),
  },
  {
    name: "one attestation less than the quorum",
    forge: ({ form, committee, members, signerIndex }) => ({
      form: withoutAttestation(form, members, signerIndex, committee.members[signerIndex] ?? "0x"),
      expected: refusal(
        "ValidatorSelection__InsufficientAttestations",
        BigInt(committee.quorum),
        BigInt(committee.quorum - 1),
      ),
    }),
  },
  {
    name: "nothing at all",
    forge: (target) => ({
      form: { attestations: { signatureIndices: "0x", signaturesOrAddresses: "0x" }, signers: [] },
      expected: wrongBitmapSize(target, 0),
      // Without attestations the question is about the header alone.
      rehearsal: "accepted",
    }),
  },
  {
    name: "a bitmap without its last byte",
    forge: (target) => {
      const form = withoutLastByte(target.form, "signatureIndices");
      const bits = countBits(form.attestations.signatureIndices);
      const isShort = bits === BigInt(form.signers.length);
      return {
        form,
        expected: isShort
          ? wrongBitmapSize(target, Math.ceil(target.members / 8) - 1)
          : wrongSignerCount(bits, form.signers.length),
        // For upstream, an empty bitmap means that there are no attestations.
        ...(size(form.attestations.signatureIndices) === 0 ? { rehearsal: "accepted" } : {}),
      };
    },
  },
  {
    name: "a bitmap with an empty byte more",
    forge: (target) => ({
      form: withExtraBytes(target.form, "signatureIndices"),
      expected: wrongBitmapSize(target, Math.ceil(target.members / 8) + 1),
    }),
  },
  {
    name: "a bitmap with a byte more and a signature in it",
    forge: ({ form }) => ({
      form: withExtraBytes(form, "signatureIndices", "0x80"),
      expected: wrongSignerCount(BigInt(form.signers.length + 1), form.signers.length),
    }),
  },
  {
    name: "a bitmap with a byte more, a signature in it, and its signer",
    forge: (target) => ({
      form: withExtraSigner(withExtraBytes(target.form, "signatureIndices", "0x80"), target.world.rescuer.address),
      expected: wrongBitmapSize(target, Math.ceil(target.members / 8) + 1),
    }),
  },
  {
    name: "a padding bit",
    needsPadding: true,
    forge: ({ form, members }) => ({
      form: withFlippedBit(form, members),
      expected: wrongSignerCount(BigInt(form.signers.length + 1), form.signers.length),
    }),
  },
  {
    name: "a padding bit and a signer for it",
    needsPadding: true,
    forge: ({ form, members, world }) => ({
      form: withExtraSigner(withFlippedBit(form, members), world.rescuer.address),
      expected: wrongSignerCount(BigInt(form.signers.length), form.signers.length + 1),
    }),
  },
  {
    name: "signatures without their last byte",
    forge: (target) => {
      const form = withoutLastByte(target.form, "signaturesOrAddresses");
      return { form, expected: wrongDataSize(form, target) };
    },
  },
  {
    name: "signatures with a byte more",
    forge: (target) => {
      const form = withExtraBytes(target.form, "signaturesOrAddresses");
      return { form, expected: wrongDataSize(form, target) };
    },
  },
  {
    name: "signatures with 16 kB of junk, which the prover of the epoch would have to send again",
    forge: (target) => {
      const form = withExtraBytes(target.form, "signaturesOrAddresses", `0x${"ff".repeat(16_384)}`);
      return { form, expected: wrongDataSize(form, target) };
    },
  },
  {
    name: "a signature that the bitmap hides",
    forge: ({ form, signerIndex }) => ({
      form: withFlippedBit(form, signerIndex),
      expected: wrongSignerCount(BigInt(form.signers.length - 1), form.signers.length),
    }),
  },
  {
    name: "a signature that bitmap and signers hide",
    forge: (target) => {
      const form = withoutLastSigner(withFlippedBit(target.form, target.signerIndex));
      return { form, expected: wrongDataSize(form, target) };
    },
  },
  {
    name: "a bitmap that takes an address for a signature and a signature for an address",
    forge: (target) => {
      const form = withFlippedBit(withFlippedBit(target.form, target.signerIndex), target.absentIndex);
      return { form, expected: wrongCommittee(claimedCommittee(form, target.members), target) };
    },
  },
  {
    name: "a signer missing",
    forge: ({ form }) => ({
      form: withoutLastSigner(form),
      expected: wrongSignerCount(BigInt(form.signers.length), form.signers.length - 1),
    }),
  },
  {
    name: "a signer in excess",
    forge: ({ form, world }) => ({
      form: withExtraSigner(form, world.rescuer.address),
      expected: wrongSignerCount(BigInt(form.signers.length), form.signers.length + 1),
    }),
  },
  {
    name: "a stranger named as signer",
    forge: (target) => {
      const form = withOtherSigner(target.form, 0, target.world.rescuer.address);
      return { form, expected: wrongCommittee(claimedCommittee(form, target.members), target) };
    },
  },
  {
    name: "two signers in the wrong order",
    forge: (target) => {
      const [first, second] = target.form.signers as [Hex, Hex];
      const form = withOtherSigner(withOtherSigner(target.form, 0, second), 1, first);
      return { form, expected: wrongCommittee(claimedCommittee(form, target.members), target) };
    },
  },
  {
    name: "a stranger among those who did not sign",
    forge: (target) => {
      const form = withOtherMember(target.form, target.members, target.absentIndex, target.world.rescuer.address);
      return { form, expected: wrongCommittee(claimedCommittee(form, target.members), target) };
    },
  },
  {
    name: "a member's signature in another member's place",
    forge: async (target) => {
      const { world, form, members, committee, checkpoint, signerIndex } = target;
      const proposal = signAttestation(checkpoint.payload, signerOf(world.keys, committee.proposer));
      const forged = withSignatureOf(form, members, signerIndex, proposal);
      return {
        form: forged,
        expected: wrongCommittee(await provenCommittee(forged, members, checkpoint.digest), target),
      };
    },
  },
  {
    name: "a signature with a high s",
    forge: ({ form, members, signerIndex }) => {
      const original = CommitteeAttestation.fromPacked(form.attestations, members)[signerIndex] as CommitteeAttestation;
      const { s } = flipSignature(original.signature).toViemSignature();
      return { form: withHighS(form, members, signerIndex), expected: refusal("ECDSAInvalidSignatureS", s) };
    },
  },
  {
    name: "a signature with the other v",
    forge: async (target) => {
      const { members, checkpoint } = target;
      const forged = withV(target, (v) => 27 + 28 - v);
      return {
        form: forged,
        expected: wrongCommittee(await provenCommittee(forged, members, checkpoint.digest), target),
      };
    },
  },
  {
    name: "a signature with v counted from zero",
    forge: (target) => ({ form: withV(target, (v) => v - 27), expected: refusal("ECDSAInvalidSignature") }),
  },
];

for (const shape of ["small", "mainnet"] as const) {
  describe(`A late submission with forged attestations, ${shape} committee`, () => {
    let target: Target;
    let restore: () => Promise<void>;

    before(async () => {
      target = await openTarget({ shape });
      restore = await target.world.chain.snapshot();
    });

    beforeEach(() => restore());

    for (const { name, forge, needsPadding = false } of FORGERIES) {
      if (needsPadding && shape === "mainnet") continue;
      it(`is refused with ${name}`, async () => {
        const { world, checkpoint } = target;
        const { form, expected, ...rest } = await forge(target);
        await expectRejected(world, withAttestations(checkpoint, form), expected, {
          timestamp: world.at(checkpoint.slot + 1n, 12n),
          from: world.rescuer,
          ...rest,
        });
      });
    }

    it("is accepted as it was gossiped, without the proposer's second signature, and proven", async () => {
      const { world, checkpoint, form } = target;
      const gossiped = withAttestations(checkpoint, form);
      const timestamp = world.at(checkpoint.slot + 1n, 12n);
      expect(await rehearse(world, gossiped, timestamp), "validateHeaderWithAttestations").to.equal("accepted");
      await world.landLate(gossiped, { from: world.rescuer });
      const late = [{ checkpoint: gossiped, submitter: world.rescuer.address }];
      await proveAndSettle(world, { checkpoints: [gossiped], late });
    });

    it("is refused on time without the proposer's second signature, as upstream refuses it", async () => {
      const { world, checkpoint, form, committee } = target;
      const gossiped = withAttestations(checkpoint, form);
      const expected = refusal(
        "SignatureLib__InvalidSignature",
        committee.proposer,
        await recoverSecondSignature(form, gossiped.signature),
      );
      const timestamp = world.at(checkpoint.slot, 12n);
      await expectRejected(world, gossiped, expected, { timestamp, from: world.rescuer });
    });

    it("is refused on time without the proposer's attestation: what cannot be rescued cannot land either", async () => {
      const { world, checkpoint, form, committee, members } = target;
      const { proposer, proposerIndex } = committee;
      const others = committee.members.filter((member) => member !== proposer);
      const all = attestCheckpoint(checkpoint, committee, world.keys, others);
      const expected = refusal("ValidatorSelection__MissingProposerSignature", proposer, BigInt(proposerIndex));
      expect(countBits(all.attestations.signatureIndices), "signatures").to.equal(BigInt(members - 1));
      expect(form.signers).to.include(proposer);
      await expectRejected(world, all, expected, { timestamp: world.at(checkpoint.slot, 12n) });
      await expectRejected(world, all, expected, { timestamp: world.at(checkpoint.slot + 1n, 12n) });
    });

    it("needs no quorum on time, which is upstream's rule, and cannot be repeated late", async () => {
      const { world, checkpoint, committee } = target;
      const alone = attestCheckpoint(checkpoint, committee, world.keys, [committee.proposer]);
      const noQuorum = refusal("ValidatorSelection__InsufficientAttestations", BigInt(committee.quorum), 1n);
      const timestamp = world.at(checkpoint.slot, 12n);
      expect(await rehearse(world, alone, timestamp), "validateHeaderWithAttestations").to.deep.equal(noQuorum);
      expect((await world.land(alone, { timestamp })).revert?.message).to.equal(undefined);
      const again = refusal("Rollup__SlotAlreadyInChain", checkpoint.slot, checkpoint.slot);
      await expectRejected(world, checkpoint, again, { timestamp: world.at(checkpoint.slot + 1n, 12n) });
    });

    it("ignores bytes after the calldata: what is stored is the canonical form, and provable", async () => {
      const { world, checkpoint, form } = target;
      const gossiped = withAttestations(checkpoint, form);
      const trailing = { ...gossiped, proposeCalldata: concatHex([gossiped.proposeCalldata, `0x${"ff".repeat(999)}`]) };
      await world.landLate(trailing, { from: world.rescuer });
      const late = [{ checkpoint: trailing, submitter: world.rescuer.address }];
      await proveAndSettle(world, { checkpoints: [trailing], late });
    });

    it("ignores whatever stands in for the second signature", async () => {
      const { world, checkpoint, form, committee } = target;
      const stranger = committee.members[target.signerIndex] ?? committee.proposer;
      const odd = withAttestations(checkpoint, form, signAttestationsAndSigners(form, signerOf(world.keys, stranger)));
      await world.landLate(odd, { from: world.rescuer });
      const late = [{ checkpoint: odd, submitter: world.rescuer.address }];
      await proveAndSettle(world, { checkpoints: [odd], late });
    });
  });
}

/** Changes the recovery byte of one attestation where it lies: a packer would take a zero for "no signature". */
function withV({ form, signerIndex }: Target, change: (v: number) => number): AttestationsAndSigners {
  const data = Buffer.from(form.attestations.signaturesOrAddresses.slice(2), "hex");
  const offset = dataOffset(form, signerIndex);
  data.writeUInt8(change(data.readUInt8(offset)), offset);
  return { ...form, attestations: { ...form.attestations, signaturesOrAddresses: toHex(data) } };
}

async function openTarget(options: TestWorldOptions): Promise<Target> {
  const world = await openTestWorld(options);
  const slot = world.firstSlot + 1n;
  const checkpoint = await world.build(slot);
  const committee = await world.committee(slot);
  const { attestations, signers } = checkpoint;
  const hasSigned = (index: number) => signers.includes(committee.members[index] ?? "0x");
  const indices = committee.members.map((_, index) => index);
  return {
    world,
    checkpoint,
    committee,
    form: { attestations, signers },
    members: committee.members.length,
    signerIndex: indices.find((index) => hasSigned(index) && index !== committee.proposerIndex) ?? -1,
    absentIndex: indices.find((index) => !hasSigned(index)) ?? -1,
  };
}
