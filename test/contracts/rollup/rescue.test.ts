import { expect } from "chai";
import { getAddress, recoverAddress, zeroHash } from "viem";

import { signAttestation, signAttestationsAndSigners } from "../../../harness/consensus/attestations.ts";
import { withAttestations, type AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { attestToProposal, rescueWithProposal, signProposal } from "../../../harness/consensus/gossipMessages.ts";
import { KeyRing } from "../../../harness/consensus/keyRing.ts";
import type { SlotCommittee } from "../../../harness/consensus/slotCommittee.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { makePayload } from "../../../harness/upstream/digests.ts";
import { flipSignature, type Secp256k1Signer, type ViemSignature } from "../../../harness/upstream/foundation.ts";
import {
  getHashedSignaturePayload,
  getHashedSignaturePayloadEthSignedMessage,
  SignatureDomainSeparator,
  type CheckpointAttestation,
  type CheckpointProposal,
} from "../../../harness/upstream/stdlib.ts";
import { proveAndSettle, readLateSubmission } from "../../support/settlement.ts";
import { signerOf } from "../../support/signerOf.ts";
import { expectRejected, refusal, rehearse, type Verdict } from "../../support/verdict.ts";
import { openTestWorld, type TestWorld } from "../../support/world.ts";

type Refusal = Exclude<Verdict, "accepted">;

/** What was gossiped of a slot whose proposer keeps its attestation to itself. */
interface Gossip {
  readonly world: TestWorld;
  readonly committee: SlotCommittee;
  readonly checkpoint: AttestedCheckpoint;
  readonly proposer: Secp256k1Signer;
  readonly proposal: CheckpointProposal;
  /** Of everybody but the proposer. */
  readonly attestations: readonly CheckpointAttestation[];
  readonly rescue: AttestedCheckpoint;
}

interface Forgery {
  readonly name: string;
  /** What is sent in place of the proposal's signature. */
  readonly sign: (gossip: Gossip) => Promise<ViemSignature> | ViemSignature;
  /** Default: whoever signed, it was not the proposer. */
  readonly expected?: (gossip: Gossip, signature: ViemSignature) => Refusal;
}

const { checkpointProposal, checkpointAttestation, attestationsAndSigners, blockProposal, signedTxs } =
  SignatureDomainSeparator;

const missing = ({ committee }: Pick<Gossip, "committee">) =>
  refusal("ValidatorSelection__MissingProposerSignature", committee.proposer, BigInt(committee.proposerIndex));

/** The proposer's signature over the right proposal under a domain that is not its own. */
const underDomain = (name: string, domain: SignatureDomainSeparator): Forgery => ({
  name: `the proposal under the domain of ${name}`,
  sign: ({ proposal, proposer }) =>
    proposer.sign(getHashedSignaturePayloadEthSignedMessage(proposal, domain)).toViemSignature(),
});

/** The proposer's signature over a proposal that is not the one of the checkpoint. */
const proposalOf = (
  name: string,
  other: (gossip: Gossip) => AttestedCheckpoint | Promise<AttestedCheckpoint>,
): Forgery => ({
  name: `the proposal of ${name}`,
  sign: async (gossip) => signatureOf(await signProposal(await other(gossip), gossip.proposer)),
});

/** The right proposal, signed by somebody else. */
const signedBy = (name: string, who: (gossip: Gossip) => Secp256k1Signer | Promise<Secp256k1Signer>): Forgery => ({
  name: `the proposal signed by ${name}`,
  sign: async (gossip) => signatureOf(await signProposal(gossip.checkpoint, await who(gossip))),
});

const FORGERIES: readonly Forgery[] = [
  underDomain("block proposals", blockProposal),
  underDomain("attestations", checkpointAttestation),
  underDomain("attestations and signers", attestationsAndSigners),
  underDomain("transactions", signedTxs),
  {
    name: "the proposer's attestation",
    sign: ({ checkpoint, proposer }) => signAttestation(checkpoint.payload, proposer).signature.toViemSignature(),
  },
  {
    name: "the proposer's second signature, over attestations and signers",
    sign: ({ rescue, proposer }) => signAttestationsAndSigners(rescue, proposer),
  },
  {
    name: "the proposal signed as bytes and not as an Ethereum message",
    sign: ({ proposal, proposer }) =>
      proposer.sign(getHashedSignaturePayload(proposal, checkpointProposal)).toViemSignature(),
  },
  proposalOf("another checkpoint of the slot", ({ world, checkpoint }) =>
    world.build(checkpoint.slot, { salt: "other" }),
  ),
  proposalOf("the next slot's checkpoint", ({ world, checkpoint }) => world.build(checkpoint.slot + 1n)),
  proposalOf("the same header with another archive", async ({ world, checkpoint }) => {
    const { archive } = await world.build(checkpoint.slot, { salt: "other" });
    return { ...checkpoint, payload: makePayload(checkpoint.header, archive, 0n) };
  }),
  proposalOf("the same header with another fee modifier", ({ checkpoint }) => ({
    ...checkpoint,
    payload: makePayload(checkpoint.header, checkpoint.archive, 1n),
  })),
  proposalOf("the same archive with another header", async ({ world, checkpoint }) => {
    const { header } = await world.build(checkpoint.slot, { header: { totalManaUsed: 1n } });
    return { ...checkpoint, header };
  }),
  signedBy("another slot's proposer", async ({ world, committee }) => {
    for (let slot = committee.slot + 1n; ; slot++) {
      const { proposer } = await world.committee(slot);
      if (proposer !== committee.proposer) return signerOf(world.keys, proposer);
    }
  }),
  signedBy("another member of the committee", ({ world, committee }) => {
    const other = committee.members.find((member) => member !== committee.proposer);
    return signerOf(world.keys, other ?? committee.proposer);
  }),
  signedBy("a stranger", () => {
    const { account, privateKey } = deriveAccount("rescue", "stranger");
    return signerOf(new KeyRing([{ account, privateKey }]), account.address);
  }),
  {
    name: "the malleable form of the right signature, with a high s",
    sign: ({ proposal }) => flipSignature(proposal.signature).toViemSignature(),
    expected: (_gossip, { s }) => refusal("ECDSAInvalidSignatureS", s),
  },
  {
    name: "the right signature with a v that nobody makes",
    sign: (gossip) => ({ ...signatureOf(gossip.proposal), v: 29 }),
    expected: () => refusal("ECDSAInvalidSignature"),
  },
  {
    name: "the right signature without a v, which makes it an empty one",
    sign: (gossip) => ({ ...signatureOf(gossip.proposal), v: 0 }),
    expected: missing,
  },
  {
    name: "the right v and nothing else",
    sign: ({ proposal }) => ({ v: proposal.signature.v, r: zeroHash, s: zeroHash }),
    expected: () => refusal("ECDSAInvalidSignature"),
  },
  {
    name: "an empty signature",
    sign: () => ({ v: 0, r: zeroHash, s: zeroHash }),
    expected: missing,
  },
];

describe("A rescue without the proposer's attestation", () => {
  let gossip: Gossip;
  let restore: () => Promise<void>;

  before(async () => {
    gossip = await openGossip("small");
    restore = await gossip.world.chain.snapshot();
  });

  beforeEach(() => restore());

  /** Seconds into the next slot, in which the rescuer comes. */
  const lateOptions = ({ world, checkpoint }: Gossip) => ({
    timestamp: world.at(checkpoint.slot + 1n, 12n),
    from: world.rescuer,
  });

  for (const { name, sign, expected } of FORGERIES) {
    it(`is refused with ${name}`, async () => {
      const { world, rescue, proposal, committee } = gossip;
      const signature = await sign(gossip);
      const forged = withAttestations(rescue, rescue, signature);
      const verdict = expected?.(gossip, signature) ?? (await foreign(proposal, committee, signature));
      await expectRejected(world, forged, verdict, { ...lateOptions(gossip), rehearsal: missing(gossip) });
    });
  }

  it("is refused with an attestation less than the quorum: a proposal is none", async () => {
    const { world, checkpoint, committee, attestations, proposal } = gossip;
    const { quorum } = committee;
    const short = rescueWithProposal(checkpoint, committee, attestations.slice(0, quorum - 1), proposal);
    const expected = refusal("ValidatorSelection__InsufficientAttestations", BigInt(quorum), BigInt(quorum - 1));
    await expectRejected(world, short, expected, lateOptions(gossip));
  });

  it("is refused on time, with its signers named or not: there the rule is upstream's", async () => {
    const { world, checkpoint, committee, rescue, proposal } = gossip;
    const timestamp = world.at(checkpoint.slot, 12n);
    const signers = committee.members.filter((member) => member !== committee.proposer).slice(0, committee.quorum);
    const named = withAttestations(rescue, { ...rescue, signers }, rescue.signature);
    await expectRejected(world, named, missing(gossip), { timestamp });
    const unnamed = refusal("Panic", 0x32n);
    await expectRejected(world, rescue, unnamed, { timestamp: timestamp + 1n });

    // Nor does the proposal stand in for the second signature of a proposer that has attested.
    const attested = withAttestations(checkpoint, checkpoint, signatureOf(proposal));
    const { revert } = await world.land(attested, { timestamp: timestamp + 2n });
    expect([revert?.errorName, revert?.args[0]]).to.deep.equal(["SignatureLib__InvalidSignature", committee.proposer]);
  });

  it("does not read the proposal's signature if the proposer has attested after all", async () => {
    const { world, checkpoint, committee, attestations, proposal, proposer } = gossip;
    const all = [...attestations, attestToProposal(proposal, proposer)];
    const rescue = rescueWithProposal(checkpoint, committee, all, proposal);
    expect(await rehearse(world, rescue, lateOptions(gossip).timestamp)).to.equal("accepted");
    await world.landLate(rescue, { from: world.rescuer });
    await proveAndSettle(world, {
      checkpoints: [rescue],
      late: [{ checkpoint: rescue, submitter: world.rescuer.address }],
    });
  });

  it("is the proposer's own way too, and its record is the same", async () => {
    const { world, rescue, committee } = gossip;
    await world.landLate(rescue);
    expect((await readLateSubmission(world, rescue.slot)).originalProposer).to.equal(committee.proposer);
    await proveAndSettle(world, {
      checkpoints: [rescue],
      late: [{ checkpoint: rescue, submitter: committee.proposer }],
    });
  });
});

describe("A checkpoint that lands late with its proposal", () => {
  for (const shape of ["small", "mainnet"] as const) {
    for (const feeAssetPriceModifier of [0n, 100n, -100n]) {
      it(`is credited and proven, ${shape} committee, fee modifier ${feeAssetPriceModifier}`, async () => {
        const { world, rescue, committee, checkpoint } = await openGossip(shape, feeAssetPriceModifier);
        const { rescuer } = world;
        await world.landLate(rescue, { from: rescuer });
        const record = await readLateSubmission(world, checkpoint.slot);
        expect(record.originalProposer, "original proposer").to.equal(committee.proposer);
        expect(record.submitter, "submitter").to.equal(rescuer.address);
        const child = await world.build(checkpoint.slot + 1n, { parent: rescue });
        expect((await world.land(child, { timestamp: world.at(child.slot, 24n) })).revert?.message).to.equal(undefined);
        const late = [{ checkpoint: rescue, submitter: rescuer.address }];
        await proveAndSettle(world, { checkpoints: [rescue, child], late });
      });
    }
  }
});

const signatureOf = ({ signature }: CheckpointProposal): ViemSignature => signature.toViemSignature();

/** A signature that is one, of somebody who is not the proposer or over something that is not the proposal. */
async function foreign(
  proposal: CheckpointProposal,
  { proposer }: SlotCommittee,
  { v, r, s }: ViemSignature,
): Promise<Refusal> {
  const hash = getHashedSignaturePayloadEthSignedMessage(proposal, checkpointProposal).toString();
  const recovered = await recoverAddress({ hash, signature: { r, s, v: BigInt(v) } });
  expect(recovered, "who signed").not.to.equal(getAddress(proposer));
  return refusal("SignatureLib__InvalidSignature", proposer, recovered);
}

async function openGossip(shape: "small" | "mainnet", feeAssetPriceModifier = 0n): Promise<Gossip> {
  const world = await openTestWorld({ shape });
  const slot = world.firstSlot + 1n;
  const committee = await world.committee(slot);
  const checkpoint = await world.build(slot, { feeAssetPriceModifier });
  const proposer = signerOf(world.keys, committee.proposer);
  const proposal = await signProposal(checkpoint, proposer);
  const attestations = committee.members
    .filter((member) => member !== committee.proposer)
    .map((member) => attestToProposal(proposal, signerOf(world.keys, member)));
  const rescue = rescueWithProposal(checkpoint, committee, attestations, proposal);
  return { world, committee, checkpoint, proposer, proposal, attestations, rescue };
}
