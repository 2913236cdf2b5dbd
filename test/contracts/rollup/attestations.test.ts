import { expect } from "chai";
import { concatHex, size, toHex, type Address, type Hex } from "viem";

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
import { KeyRing } from "../../../harness/consensus/keyRing.ts";
import {
  withExtraBytes,
  withExtraSigner,
  withFlippedBit,
  withHighS,
  withOtherMember,
  withoutLastByte,
  withoutLastSigner,
  withSignatureOf,
} from "../../../harness/consensus/malformedAttestations.ts";
import { selectQuorum, type SlotCommittee } from "../../../harness/consensus/slotCommittee.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { slotAt } from "../../../harness/protocol/time.ts";
import { flipSignature } from "../../../harness/upstream/foundation.ts";
import { CommitteeAttestation } from "../../../harness/upstream/stdlib.ts";
import { countBits, dataOffset, dataSizes, explainedSizes, recoverCommittee } from "../../support/committees.ts";
import { proveAndSettle } from "../../support/settlement.ts";
import { commitmentTo, expectRejected, refusal, rehearse, type Verdict } from "../../support/verdict.ts";
import { signerOf } from "../../support/signerOf.ts";
import { openTestWorld, type TestWorld } from "../../support/world.ts";

/** A well-formed late submission and what it is made of. */
interface Target {
  readonly world: TestWorld;
  readonly checkpoint: AttestedCheckpoint;
  readonly committee: SlotCommittee;
  readonly form: AttestationsAndSigners;
  readonly members: number;
  /** Positions of the first member that signed without being the proposer, and of the first that did not sign; else -1. */
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
  /** Only where somebody did not sign. */
  readonly needsAbsentee?: boolean;
}

type Shape = "small" | "mainnet";
type Signed = "a quorum" | "everybody";

/** As many bytes as a signature takes more than an address. */
const SURPLUS: Hex = `0x${"5a".repeat(45)}`;

const wrongCommittee = (reconstructed: readonly Hex[], { committee }: Target) =>
  refusal(
    "ValidatorSelection__InvalidCommitteeCommitment",
    commitmentTo(reconstructed),
    commitmentTo(committee.members),
  );

const wrongBitmapSize = ({ members }: Target, actual: number) =>
  refusal("AttestationLib__SignatureIndicesSizeMismatch", BigInt(Math.ceil(members / 8)), BigInt(actual));

const bitPastCommittee = ({ members }: Target) => refusal("LateSubmission__BitPastCommittee", BigInt(members));

/** Data of a length that no number of signatures explains. */
const unexplained = (form: AttestationsAndSigners, { members }: Target): Forged => ({
  form,
  expected: refusal("AttestationLib__SignaturesOrAddressesSizeMismatch", ...explainedSizes(form, members)),
});

/** What has the length of a quorum is read to its end: a signature is none, or data is left, or the committee is another. */
async function misread(form: AttestationsAndSigners, target: Target): Promise<Forged> {
  const { members, checkpoint } = target;
  const recovered = await recoverCommittee(form, members, checkpoint.digest);
  if ("errorName" in recovered) return { form, expected: recovered };
  const [asked, actual] = dataSizes(form, members);
  if (asked === actual) return { form, expected: wrongCommittee(recovered, target) };
  return { form, expected: refusal("AttestationLib__SignaturesOrAddressesSizeMismatch", asked, actual) };
}

/** Attestations of real members under another payload than the one that is submitted. */
async function attestedElsewhere(target: Target, other: Pick<Checkpoint, "payload">): Promise<Forged> {
  const { world, committee } = target;
  const signed = selectQuorum(committee).map((member) => signAttestation(other.payload, signerOf(world.keys, member)));
  return misread(packAttestations(committee.members, signed), target);
}

/** Somebody who is in no committee signs in the place of a member that has signed: the first, one in the middle, or the last. */
const forgedAt = (position: "first" | "middle" | "last"): Forgery => ({
  name: `a stranger's signature in the ${position} place`,
  forge: (target) => {
    const { form, members, checkpoint, committee } = target;
    const signed = committee.members.flatMap((member, index) => (form.signers.includes(member) ? [index] : []));
    const places = { first: 0, middle: Math.floor(signed.length / 2), last: signed.length - 1 };
    const index = signed[places[position]] ?? -1;
    const { account, privateKey } = deriveAccount("forged attestations", "stranger");
    const stranger = signerOf(new KeyRing([{ account, privateKey }]), account.address);
    const named = committee.members.map((member, at) => (at === index ? account.address : member));
    const forged = withSignatureOf(form, members, index, signAttestation(checkpoint.payload, stranger));
    return { form: forged, expected: wrongCommittee(named, target) };
  },
});

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
    forge: (target) => {
      const { quorum } = target.committee;
      const expected = refusal("ValidatorSelection__InsufficientAttestations", BigInt(quorum), BigInt(quorum - 1));
      return { form: oneShort(target), expected };
    },
  },
  {
    name: "one attestation less than the quorum, and as many bytes more as it would have taken",
    forge: (target) => misread(withExtraBytes(oneShort(target), "signaturesOrAddresses", SURPLUS), target),
  },
  {
    name: "one attestation less than the quorum, and a bitmap that counts another one",
    forge: (target) => {
      const { quorum } = target.committee;
      const expected = refusal("ValidatorSelection__InsufficientAttestations", BigInt(quorum), BigInt(quorum - 1));
      const short = oneShort(target);
      const absent = target.committee.members.findIndex((member) => !short.signers.includes(member));
      return { form: withFlippedBit(short, absent), expected };
    },
  },
  {
    name: "nothing at all",
    forge: (target) => ({
      ...unexplained({ attestations: { signatureIndices: "0x", signaturesOrAddresses: "0x" }, signers: [] }, target),
      // Without attestations the question is about the header alone.
      rehearsal: "accepted",
    }),
  },
  {
    name: "a bitmap without its last byte",
    forge: (target) => {
      const form = withoutLastByte(target.form, "signatureIndices");
      return {
        form,
        expected: wrongBitmapSize(target, Math.ceil(target.members / 8) - 1),
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
    forge: (target) => ({
      form: withExtraBytes(target.form, "signatureIndices", "0x80"),
      expected: wrongBitmapSize(target, Math.ceil(target.members / 8) + 1),
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
    forge: (target) => ({
      form: withFlippedBit(target.form, target.members),
      expected: bitPastCommittee(target),
    }),
  },
  {
    name: "the last padding bit",
    needsPadding: true,
    forge: (target) => ({
      form: withFlippedBit(target.form, Math.ceil(target.members / 8) * 8 - 1),
      expected: bitPastCommittee(target),
    }),
  },
  {
    name: "a padding bit and a signer for it",
    needsPadding: true,
    forge: (target) => ({
      form: withExtraSigner(withFlippedBit(target.form, target.members), target.world.rescuer.address),
      expected: bitPastCommittee(target),
    }),
  },
  {
    name: "signatures without their last byte",
    forge: (target) => unexplained(withoutLastByte(target.form, "signaturesOrAddresses"), target),
  },
  {
    name: "signatures with a byte more",
    forge: (target) => unexplained(withExtraBytes(target.form, "signaturesOrAddresses"), target),
  },
  {
    name: "signatures with as many bytes more as a signature takes more than an address",
    forge: (target) => misread(withExtraBytes(target.form, "signaturesOrAddresses", SURPLUS), target),
  },
  {
    name: "signatures with 16 kB of junk, which the prover of the epoch would have to send again",
    forge: (target) =>
      unexplained(withExtraBytes(target.form, "signaturesOrAddresses", `0x${"ff".repeat(16_384)}`), target),
  },
  {
    name: "signatures with 16 kB of junk, as long as signatures would be",
    forge: (target) => {
      const junk: Hex = `0x${"ff".repeat(size(SURPLUS) * 364)}`;
      return misread(withExtraBytes(target.form, "signaturesOrAddresses", junk), target);
    },
  },
  {
    name: "a signature that the bitmap hides",
    forge: (target) => misread(withFlippedBit(target.form, target.signerIndex), target),
  },
  {
    name: "a signature that bitmap and signers hide",
    forge: (target) => misread(withoutLastSigner(withFlippedBit(target.form, target.signerIndex)), target),
  },
  {
    name: "a bitmap that takes an address for a signature and a signature for an address",
    needsAbsentee: true,
    forge: (target) =>
      misread(withFlippedBit(withFlippedBit(target.form, target.signerIndex), target.absentIndex), target),
  },
  {
    name: "a stranger among those who did not sign",
    needsAbsentee: true,
    forge: (target) => {
      const { form, members, committee, absentIndex, world } = target;
      const named = committee.members.map((member, index) => (index === absentIndex ? world.rescuer.address : member));
      return {
        form: withOtherMember(form, members, absentIndex, world.rescuer.address),
        expected: wrongCommittee(named, target),
      };
    },
  },
  forgedAt("first"),
  forgedAt("middle"),
  forgedAt("last"),
  {
    name: "a member's signature in another member's place",
    forge: (target) => {
      const { world, form, members, committee, checkpoint, signerIndex } = target;
      const own = signAttestation(checkpoint.payload, signerOf(world.keys, committee.proposer));
      const named = committee.members.map((member, index) => (index === signerIndex ? committee.proposer : member));
      return {
        form: withSignatureOf(form, members, signerIndex, own),
        expected: wrongCommittee(named, target),
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
    forge: (target) =>
      misread(
        withV(target, (v) => 27 + 28 - v),
        target,
      ),
  },
  {
    name: "a signature with v counted from zero",
    forge: (target) => ({ form: withV(target, (v) => v - 27), expected: refusal("ECDSAInvalidSignature") }),
  },
];

/** Lists that on time would be errors. */
const SIGNER_LISTS: Readonly<Record<string, (signers: readonly Address[], stranger: Address) => readonly Address[]>> = {
  "that is empty": () => [],
  "that lacks one": (signers) => signers.slice(0, -1),
  "with one too many": (signers, stranger) => [...signers, stranger],
  "that names a stranger": (signers, stranger) => [stranger, ...signers.slice(1)],
  "in the wrong order": (signers) => [...signers].reverse(),
};

const TARGETS: readonly (readonly [shape: Shape, signed: Signed])[] = [
  ["small", "a quorum"],
  ["small", "everybody"],
  ["mainnet", "a quorum"],
  ["mainnet", "everybody"],
];

for (const [shape, signed] of TARGETS) {
  describe(`A late submission with forged attestations, ${shape} committee, signed by ${signed}`, () => {
    let target: Target;
    let restore: () => Promise<void>;

    before(async () => {
      target = await openTarget(shape, signed);
      restore = await target.world.chain.snapshot();
    });

    beforeEach(() => restore());

    for (const { name, forge, needsPadding = false, needsAbsentee = false } of FORGERIES) {
      if ((needsPadding && shape === "mainnet") || (needsAbsentee && signed === "everybody")) continue;
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

    for (const [name, rewrite] of Object.entries(SIGNER_LISTS)) {
      it(`takes no notice of a list of signers ${name}: the signatures say who signed`, async () => {
        const { world, checkpoint, form } = target;
        const signers = rewrite(form.signers, world.rescuer.address);
        expect(signers, "the list").not.to.deep.equal(form.signers);
        const landed = withAttestations(checkpoint, { ...form, signers });
        const timestamp = world.at(checkpoint.slot + 1n, 12n);
        expect(await rehearse(world, landed, timestamp), "validateHeaderWithAttestations").to.equal("accepted");
        await world.landLate(landed, { from: world.rescuer, isAsGiven: true });
        const late = [{ checkpoint: landed, submitter: world.rescuer.address }];
        await proveAndSettle(world, { checkpoints: [landed], late });
      });
    }

    it("is refused on time without the proposer's second signature, as upstream refuses it", async () => {
      const { world, checkpoint, form, committee, signerIndex } = target;
      const options = { timestamp: world.at(checkpoint.slot, 12n), from: world.rescuer };
      const none = refusal("ECDSAInvalidSignature");
      await expectRejected(world, withAttestations(checkpoint, form), none, options);
      const member = committee.members[signerIndex] ?? committee.proposer;
      const signature = signAttestationsAndSigners(form, signerOf(world.keys, member));
      const foreign = refusal("SignatureLib__InvalidSignature", committee.proposer, member);
      await expectRejected(world, withAttestations(checkpoint, form, signature), foreign, {
        ...options,
        timestamp: options.timestamp + 1n,
      });
    });

    it("is refused without the proposer's attestation: on time always, late if its proposal is missing too", async () => {
      const { world, checkpoint, committee, members } = target;
      const { proposer, proposerIndex } = committee;
      const others = committee.members.filter((member) => member !== proposer);
      const all = attestCheckpoint(checkpoint, committee, world.keys, others);
      const expected = refusal("ValidatorSelection__MissingProposerSignature", proposer, BigInt(proposerIndex));
      expect(countBits(all.attestations.signatureIndices), "signatures").to.equal(BigInt(members - 1));
      await expectRejected(world, all, expected, { timestamp: world.at(checkpoint.slot, 12n) });
      const gossiped = withAttestations(checkpoint, all);
      await expectRejected(world, gossiped, expected, { timestamp: world.at(checkpoint.slot + 1n, 12n) });
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
      await world.landLate(trailing, { from: world.rescuer, isAsGiven: true });
      const late = [{ checkpoint: trailing, submitter: world.rescuer.address }];
      await proveAndSettle(world, { checkpoints: [trailing], late });
    });

    it("ignores whatever stands in for the second signature when the proposer has attested", async () => {
      const { world, checkpoint, form, committee } = target;
      const stranger = committee.members[target.signerIndex] ?? committee.proposer;
      const odd = withAttestations(checkpoint, form, signAttestationsAndSigners(form, signerOf(world.keys, stranger)));
      await world.landLate(odd, { from: world.rescuer, isAsGiven: true });
      const late = [{ checkpoint: odd, submitter: world.rescuer.address }];
      await proveAndSettle(world, { checkpoints: [odd], late });
    });
  });
}

/** The smallest quorum without one of its members, and not without the proposer. */
function oneShort({ world, checkpoint, committee }: Target): AttestationsAndSigners {
  return attestCheckpoint(checkpoint, committee, world.keys, selectQuorum(committee, committee.quorum - 1));
}

/** Changes the recovery byte of one attestation where it lies: a packer would take a zero for "no signature". */
function withV({ form, signerIndex }: Target, change: (v: number) => number): AttestationsAndSigners {
  const data = Buffer.from(form.attestations.signaturesOrAddresses.slice(2), "hex");
  const offset = dataOffset(form, signerIndex);
  data.writeUInt8(change(data.readUInt8(offset)), offset);
  return { ...form, attestations: { ...form.attestations, signaturesOrAddresses: toHex(data) } };
}

async function openTarget(shape: Shape, signed: Signed): Promise<Target> {
  const world = await openTestWorld({ shape });
  const slot = world.firstSlot + 1n;
  const committee = await world.committee(slot);
  const checkpoint = await world.build(slot, signed === "everybody" ? { signers: ({ members }) => members } : {});
  const { attestations, signers } = checkpoint;
  const hasSigned = committee.members.map((member) => signers.includes(member));
  return {
    world,
    checkpoint,
    committee,
    form: { attestations, signers },
    members: committee.members.length,
    signerIndex: hasSigned.findIndex((signer, index) => signer && index !== committee.proposerIndex),
    absentIndex: hasSigned.indexOf(false),
  };
}
