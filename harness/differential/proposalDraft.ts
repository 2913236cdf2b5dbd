import { concatHex, encodeFunctionData, maxUint256, slice, zeroAddress, type Hex, type LocalAccount } from "viem";

import { signAttestation, signAttestationsAndSigners, type AttestationsAndSigners } from "../consensus/attestations.ts";
import {
  ABSENT_SIGNATURE,
  attestCheckpoint,
  withAttestations,
  type AttestedCheckpoint,
} from "../consensus/attestedCheckpoint.ts";
import type { CheckpointBlobs } from "../consensus/blobs.ts";
import { buildCheckpoint, type Checkpoint } from "../consensus/checkpoint.ts";
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
  type PackedField,
} from "../consensus/malformedAttestations.ts";
import { selectQuorum, type SlotCommittee } from "../consensus/slotCommittee.ts";
import { epochOfSlot, slotStart } from "../protocol/time.ts";
import { RollupAbi } from "../upstream/abis.ts";
import type { HeaderFields } from "../upstream/header.ts";
import type { ProposalFacts } from "./earlyRejection.ts";
import type { FuzzWorld } from "./fuzzWorld.ts";
import type { Flaw, LandedCheckpoint } from "./plan.ts";

type Malformation = (
  form: AttestationsAndSigners,
  committee: SlotCommittee,
  payload: Checkpoint["payload"],
) => AttestationsAndSigners;

/** A proposal in the making. Faults change it before it is signed and encoded. */
export interface ProposalDraft {
  flaw: Flaw;
  manaUsed: bigint;
  feeAssetPriceModifier: bigint;
  header: Partial<HeaderFields>;
  /** Added to the fee that L1 asks for. */
  feeError: bigint;
  /** A slot that no header of the client library can hold. */
  rawSlot?: bigint;
  malform?: Malformation;
  signature: "proposer" | "absent" | "stranger";
  blobInput?: Hex;
  /** What the transaction carries; undefined is a transaction without blobs. */
  carried: CheckpointBlobs | undefined;
  from?: LocalAccount;
}

/** A proposal that is ready to be sent. */
export interface Proposal {
  readonly lands: LandedCheckpoint;
  readonly facts: ProposalFacts;
  readonly calldata: Hex;
  readonly carried: CheckpointBlobs | undefined;
  readonly from: LocalAccount;
}

/** Names a way to be wrong and does it. Some have nothing to be wrong about in a given world, and do nothing. */
export type ProposalFault = readonly [name: string, apply: (draft: ProposalDraft, world: FuzzWorld) => void];

/** A valid draft for the current slot, with a random load. */
export function draftProposal(world: FuzzWorld, manaTarget: bigint): ProposalDraft {
  const { dice } = world;
  const manaUsed = dice.pickWeighted([
    [3, manaTarget],
    [3, manaTarget * 2n],
    [3, (manaTarget * BigInt(dice.below(200))) / 100n],
    [1, 0n],
  ]);
  return {
    flaw: dice.pickWeighted<Flaw>([
      [80, "none"],
      [10, "insufficient"],
      [10, "bad-signature"],
    ]),
    manaUsed,
    feeAssetPriceModifier: dice.chance(50) ? 0n : dice.between(-100n, 100n),
    header: dice.chance(30) ? { outHash: dice.field() } : {},
    feeError: 0n,
    signature: "proposer",
    carried: blobsFor(world),
  };
}

/** What a checkpoint on the tip carries by its place in its epoch. */
function blobsFor(world: FuzzWorld): CheckpointBlobs {
  return world.pool.at(world.epoch, world.chainOf(world.epoch).length);
}

/** Builds, signs and encodes a draft. */
export async function finishProposal(world: FuzzWorld, draft: ProposalDraft): Promise<Proposal> {
  const { tip, view, rollup, dice } = world;
  // The builder wants a slot after the parent's; the header may say otherwise.
  const slot = world.slot > tip.slot ? world.slot : tip.slot + 1n;
  const claimed =
    slot === world.slot ? {} : { slotNumber: world.slot, timestamp: slotStart(rollup.timing, world.slot) };
  const committee = { ...(await world.committee(world.slot)), slot };
  const build = (header: Partial<HeaderFields>) =>
    buildCheckpoint(view, {
      slot,
      parent: tip,
      seed: `${dice.below(0x7fff_ffff)}`,
      coinbase: dice.pick([...world.coinbases, committee.proposer]),
      manaUsed: draft.manaUsed,
      feeAssetPriceModifier: draft.feeAssetPriceModifier,
      blobs: blobsFor(world),
      header,
    });
  let checkpoint = await build({ ...claimed, ...draft.header });
  if (draft.feeError !== 0n) {
    const { feePerDaGas, feePerL2Gas } = checkpoint.proposeArgs.header.gasFees;
    // In ignition there is no fee, hence none that is too low.
    const feeError = feePerL2Gas + draft.feeError < 0n ? -draft.feeError : draft.feeError;
    const gasFees = { feePerDaGas, feePerL2Gas: feePerL2Gas + feeError };
    checkpoint = await build({ ...claimed, ...draft.header, gasFees });
  }
  const attested = attest(world, checkpoint, committee, draft);
  const { header } = attested.proposeArgs;
  const blobInput = draft.blobInput ?? attested.blobInput;
  const final = withAttestations(
    {
      ...attested,
      blobInput,
      proposeArgs:
        draft.rawSlot === undefined
          ? attested.proposeArgs
          : { ...attested.proposeArgs, header: { ...header, slotNumber: draft.rawSlot } },
    },
    attested,
    attested.signature,
  );
  const hatchProposer = world.candidates.find(({ address }) => address === world.hatchProposer);
  return {
    lands: {
      checkpoint: { ...final, slot: world.slot, epoch: epochOfSlot(rollup.timing, world.slot) },
      committee,
      flaw: draft.flaw,
    },
    facts: {
      slot: final.proposeArgs.header.slotNumber,
      lastArchive: header.lastArchiveRoot,
      hasBlobInput: blobInput !== "0x",
    },
    calldata: final.proposeCalldata,
    carried: draft.carried,
    from: draft.from ?? hatchProposer ?? world.accountOf(committee.proposer),
  };
}

function attest(
  world: FuzzWorld,
  checkpoint: Checkpoint,
  committee: SlotCommittee,
  draft: ProposalDraft,
): AttestedCheckpoint {
  const { members, proposer } = committee;
  const signers = draft.flaw === "insufficient" ? [proposer] : selectQuorum(committee);
  const attested = attestCheckpoint(checkpoint, committee, world.twin.upstream.keys, signers);
  let form: AttestationsAndSigners = attested;
  if (draft.flaw === "bad-signature") {
    const victim = badIndex({ committee, checkpoint: attested });
    const foreign = signAttestation(checkpoint.payload, world.signerOf(proposer));
    form = withSignatureOf(form, members.length, victim, foreign);
  }
  if (draft.malform !== undefined) form = draft.malform(form, committee, checkpoint.payload);
  if (form === attested && draft.signature === "proposer") return attested;
  switch (draft.signature) {
    case "proposer":
      return withAttestations(checkpoint, form, signAttestationsAndSigners(form, world.signerOf(proposer)));
    case "stranger": {
      const other = members.find((member) => member !== proposer) ?? proposer;
      return withAttestations(checkpoint, form, signAttestationsAndSigners(form, world.signerOf(other)));
    }
    case "absent":
      return withAttestations(checkpoint, form, ABSENT_SIGNATURE);
  }
}

/** Which member's signature a checkpoint with a bad one has falsified: the first signer that is not the proposer. */
export function badIndex({
  committee,
  checkpoint,
}: {
  readonly committee: SlotCommittee;
  readonly checkpoint: Pick<AttestedCheckpoint, "signers">;
}): number {
  const { members, proposer } = committee;
  return members.findIndex((member) => member !== proposer && checkpoint.signers.includes(member));
}

/** The rehearsal of a proposal: its header and attestations, without blobs. */
export function validationCalldata(proposal: Proposal, withSignatures: boolean, ignoreDA: boolean): Hex {
  const { checkpoint } = proposal.lands;
  const { attestations, signers, signature, digest, blobsHash, proposeArgs } = checkpoint;
  const empty = { signatureIndices: "0x", signaturesOrAddresses: "0x" } as const;
  return encodeFunctionData({
    abi: RollupAbi,
    functionName: "validateHeaderWithAttestations",
    args: [
      proposeArgs.header,
      withSignatures ? attestations : empty,
      withSignatures ? signers : [],
      signature,
      digest,
      blobsHash,
      { ignoreDA },
    ],
  });
}

const setHeader = (fields: (world: FuzzWorld) => Partial<HeaderFields>) => (draft: ProposalDraft, world: FuzzWorld) => {
  draft.header = { ...draft.header, ...fields(world) };
};

/** At most one per draft: a second one could not read what the first has made. */
const malformed =
  (change: (world: FuzzWorld, ...args: Parameters<Malformation>) => AttestationsAndSigners) =>
  (draft: ProposalDraft, world: FuzzWorld) => {
    draft.malform ??= (...args) => change(world, ...args);
  };

const inSlot = (distance: bigint) =>
  setHeader(({ slot, rollup }) => {
    const other = slot + distance < 0n ? 0n : slot + distance;
    return { slotNumber: other, timestamp: slotStart(rollup.timing, other) };
  });

/** A header for the previous slot: stale for upstream, and for the extended rollup as well unless it is open as a late one. */
export const PREVIOUS_SLOT: ProposalFault = ["previous-slot", inSlot(-1n)];

const PACKED: readonly PackedField[] = ["signatureIndices", "signaturesOrAddresses"];

/** Every way a proposal can be wrong that this project knows. */
export const PROPOSAL_FAULTS: readonly ProposalFault[] = [
  ["random-parent", setHeader(({ dice }) => ({ lastArchiveRoot: dice.field() }))],
  [
    "old-parent",
    (draft, world) => {
      const older = world.landed.get(world.tip.number - 1n);
      if (older !== undefined) draft.header = { ...draft.header, lastArchiveRoot: older.checkpoint.archive };
    },
  ],
  PREVIOUS_SLOT,
  ["older-slot", inSlot(-2n)],
  ["next-slot", inSlot(1n)],
  ["far-slot", inSlot(1000n)],
  [
    "largest-slot",
    (draft) => {
      draft.rawSlot = maxUint256;
    },
  ],
  [
    "wrong-time",
    setHeader(({ slot, rollup, dice }) => ({ timestamp: slotStart(rollup.timing, slot) + dice.pick([1n, -1n, 72n]) })),
  ],
  ["no-coinbase", setHeader(() => ({ coinbase: zeroAddress }))],
  ["too-much-mana", setHeader(() => ({ totalManaUsed: 2n ** 32n }))],
  ["data-gas-fee", setHeader(() => ({ gasFees: { feePerDaGas: 1n, feePerL2Gas: 0n } }))],
  [
    "fee-too-high",
    (draft) => {
      draft.feeError = 1n;
    },
  ],
  [
    "fee-too-low",
    (draft) => {
      draft.feeError = -1n;
    },
  ],
  ["wrong-message-root", setHeader(({ dice }) => ({ inHash: dice.field() }))],
  ["wrong-blobs-hash", setHeader(({ dice }) => ({ blobsHash: dice.field() }))],
  [
    "price-out-of-range",
    (draft, { dice }) => {
      draft.feeAssetPriceModifier = dice.pick([101n, -101n]);
    },
  ],
  [
    "no-blobs-carried",
    (draft) => {
      draft.carried = undefined;
    },
  ],
  [
    "other-blobs-carried",
    (draft, world) => {
      draft.carried = world.pool.at(world.epoch + 1n, world.chainOf(world.epoch).length);
    },
  ],
  [
    "empty-blob-input",
    (draft) => {
      draft.blobInput = "0x";
    },
  ],
  [
    "zero-blobs",
    (draft) => {
      draft.blobInput = "0x00";
    },
  ],
  [
    "short-blob-input",
    (draft, world) => {
      draft.blobInput = slice(blobsFor(world).blobInput, 0, 40);
    },
  ],
  [
    "too-many-blobs",
    (draft, world) => {
      draft.blobInput = concatHex(["0x06", slice(blobsFor(world).blobInput, 1)]);
    },
  ],
  [
    "without-proposer",
    malformed((_world, form, { members, proposer, proposerIndex }) =>
      withoutAttestation(form, members.length, proposerIndex, proposer),
    ),
  ],
  [
    "bad-proposer-signature",
    malformed((world, form, { members, proposer, proposerIndex }, payload) => {
      const somebody = world.dice.pick(world.twin.validators.filter(({ address }) => address !== proposer));
      const foreign = signAttestation(payload, world.signerOf(somebody.address));
      return withSignatureOf(form, members.length, proposerIndex, foreign);
    }),
  ],
  ["high-s", malformed((_world, form, { members, proposerIndex }) => withHighS(form, members.length, proposerIndex))],
  ["extra-byte", malformed(({ dice }, form) => withExtraBytes(form, dice.pick(PACKED)))],
  ["missing-byte", malformed(({ dice }, form) => withoutLastByte(form, dice.pick(PACKED)))],
  ["flipped-bit", malformed(({ dice }, form, { members }) => withFlippedBit(form, dice.below(members.length)))],
  ["missing-signer", malformed((_world, form) => withoutLastSigner(form))],
  ["extra-signer", malformed(({ stranger }, form) => withExtraSigner(form, stranger.address))],
  [
    "other-signer",
    malformed(({ stranger, dice }, form) => withOtherSigner(form, dice.below(form.signers.length), stranger.address)),
  ],
  [
    "other-member",
    malformed(({ stranger }, form, { members }) => {
      const index = members.findIndex((member) => !form.signers.includes(member));
      return index < 0 ? form : withOtherMember(form, members.length, index, stranger.address);
    }),
  ],
  [
    "no-second-signature",
    (draft) => {
      draft.signature = "absent";
    },
  ],
  [
    "second-signature-of-other",
    (draft) => {
      draft.signature = "stranger";
    },
  ],
  [
    "wrong-sender",
    (draft, { stranger }) => {
      draft.from = stranger;
    },
  ],
];
