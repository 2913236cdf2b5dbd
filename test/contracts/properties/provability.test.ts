import { expect } from "chai";
import fc from "fast-check";
import { encodeFunctionData, type Hex } from "viem";

import { signAttestation, type AttestationsAndSigners } from "../../../harness/consensus/attestations.ts";
import { withAttestations, type AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { readTip } from "../../../harness/consensus/checkpointTip.ts";
import * as malformed from "../../../harness/consensus/malformedAttestations.ts";
import type { SlotCommittee } from "../../../harness/consensus/slotCommittee.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { fuzzSeed } from "../../support/fuzzSeed.ts";
import { rejection } from "../../support/rejection.ts";
import { openShortEpochWorld } from "../../support/shortEpochs.ts";
import type { TestWorld } from "../../support/world.ts";

// Ten members: a bitmap of two bytes with six bits that mean nothing, and a quorum of seven.
const COMMITTEE = 10;
const QUORUM = 7;
const SLOTS = 28;
const TERMS = { firstBps: 5_000, submitterBps: 5_000, burnBps: 2_500, windowSeconds: 72, crossEpoch: true };

type Fault = (form: AttestationsAndSigners, committee: SlotCommittee, choice: number) => AttestationsAndSigners;

/** Each spoils a form whose signers are a landable quorum. `choice` picks the member. */
const FAULTS: Readonly<Record<string, Fault>> = {
  "a byte more of data": (form) => malformed.withExtraBytes(form, "signaturesOrAddresses"),
  "65 bytes more of data": (form) => malformed.withExtraBytes(form, "signaturesOrAddresses", `0x${"1b".repeat(65)}`),
  "a byte less of data": (form) => malformed.withoutLastByte(form, "signaturesOrAddresses"),
  "a byte more of bitmap": (form) => malformed.withExtraBytes(form, "signatureIndices"),
  "a full byte more of bitmap": (form) => malformed.withExtraBytes(form, "signatureIndices", "0xff"),
  "a byte less of bitmap": (form) => malformed.withoutLastByte(form, "signatureIndices"),
  "a flipped bit": (form, _committee, choice) => malformed.withFlippedBit(form, choice % COMMITTEE),
  "a bit past the committee": (form, _committee, choice) =>
    malformed.withFlippedBit(form, COMMITTEE + (choice % (16 - COMMITTEE))),
  "a high s": (form, committee, choice) => malformed.withHighS(form, COMMITTEE, indexOfSigner(form, committee, choice)),
  "another stranger in the committee": (form, { members, proposerIndex }, choice) => {
    // A member that signed stays listed as a signer, and its signature gives way to an address.
    const index = (proposerIndex + 1 + (choice % (COMMITTEE - 1))) % COMMITTEE;
    return members[index] === undefined
      ? form
      : malformed.withOtherMember(form, COMMITTEE, index, deriveAccount("stranger", "y").account.address);
  },
};

/** What is wrong with the list of signers is nobody's business: who has signed is recovered from the signatures. */
const HARMLESS: Readonly<Record<string, Fault>> = {
  "a signer less": (form) => malformed.withoutLastSigner(form),
  "a signer more": (form, { proposer }) => malformed.withExtraSigner(form, proposer),
  "a stranger among the signers": (form, _committee, choice) =>
    malformed.withOtherSigner(form, choice % form.signers.length, deriveAccount("stranger", "x").account.address),
};

function indexOfSigner(form: AttestationsAndSigners, { members }: SlotCommittee, choice: number): number {
  const signer = form.signers[choice % form.signers.length];
  return members.findIndex((member) => member === signer);
}

interface Attempt {
  /** Members besides the proposer, in the order in which they are asked. */
  readonly order: readonly number[];
  /** How many of them sign. */
  readonly others: number;
  readonly withProposer: boolean;
  readonly fault: string | undefined;
  readonly choice: number;
  readonly delay: bigint;
}

const names = [...Object.keys(FAULTS), ...Object.keys(HARMLESS), "another's signature"];
const inOrder = Array.from({ length: COMMITTEE - 1 }, (_, index) => index);
const flawless: Attempt = {
  order: inOrder,
  others: QUORUM - 1,
  withProposer: true,
  fault: undefined,
  choice: 1,
  delay: 12n,
};

/** What does not depend on the dice: the smallest quorum, all members, one member too few, no proposer, and each fault. */
const DIRECTED: readonly Attempt[] = [
  flawless,
  { ...flawless, others: COMMITTEE - 1 },
  { ...flawless, others: QUORUM - 2 },
  { ...flawless, others: COMMITTEE - 1, withProposer: false },
  ...names.map((fault) => ({ ...flawless, fault })),
];

const attempt: fc.Arbitrary<Attempt> = fc.record({
  order: fc.shuffledSubarray([...inOrder], { minLength: COMMITTEE - 1 }),
  others: fc.integer({ min: QUORUM - 2, max: COMMITTEE - 1 }),
  withProposer: fc.constantFrom(true, true, true, true, false),
  fault: fc.option(fc.constantFrom(...names), { nil: undefined, freq: 2 }),
  choice: fc.nat({ max: 1_000_000 }),
  delay: fc.constantFrom(0n, 12n, 40n),
});

describe("A late checkpoint that was accepted", () => {
  const seed = fuzzSeed(3_690);

  it(`can never be invalidated and always be proven, and what could be is refused (seed ${seed})`, async () => {
    const config = { targetCommitteeSize: BigInt(COMMITTEE), manaTarget: 100_000_000n };
    const world = await openShortEpochWorld(`provable ${seed}`, { config, terms: TERMS, validatorCount: 12 });
    let [accepted, refused] = [0, 0];
    const errors = new Set<string>();

    const first = await world.nextSlot();
    const attempts = [...DIRECTED, ...fc.sample(attempt, { seed, numRuns: SLOTS })];
    for (const [index, drawn] of attempts.entries()) {
      const slot = first + BigInt(index);
      const committee = await world.committee(slot);
      const { checkpoint, isLandable } = await build(world, committee, drawn);
      const tip = await readTip(world.view);
      const landing = await world.land(checkpoint, {
        from: world.rescuer,
        timestamp: world.at(slot + 1n, drawn.delay),
      });
      const name = `slot ${slot}: ${1 + drawn.others} of ${COMMITTEE}, ${drawn.fault ?? "no fault"}`;
      expect(landing.revert === undefined, `${name}: ${landing.revert?.errorName ?? "accepted"}`).to.equal(isLandable);
      if (landing.revert !== undefined) {
        expect((await readTip(world.view)).number, `${name}: the tip stays`).to.equal(tip.number);
        errors.add(landing.revert.errorName ?? "without a name");
        refused++;
        continue;
      }
      await expectIrremovable(world, checkpoint, committee, name);
      await expectProvable(world, checkpoint, name);
      accepted++;
    }
    expect(accepted, "accepted").to.be.at.least(2);
    expect(refused, "refused").to.be.at.least(DIRECTED.length - 2 - Object.keys(HARMLESS).length);
    expect(errors.has("without a name"), "every refusal has a reason").to.equal(false);
  });
});

/** The checkpoint of a slot as the attempt wants it attested, and whether L1 has to take it. */
async function build(world: TestWorld, committee: SlotCommittee, drawn: Attempt) {
  const { members, proposer, slot } = committee;
  const others = members.filter((member) => member !== proposer);
  const asked = drawn.order.slice(0, drawn.others).map((position) => others[position]);
  const signers = members.filter((member) => asked.includes(member) || (drawn.withProposer && member === proposer));
  const built = await world.build(slot, { signers: () => signers });
  const harmless = drawn.fault === undefined ? (form: AttestationsAndSigners) => form : HARMLESS[drawn.fault];
  if (harmless !== undefined) {
    const isLandable = signers.length >= QUORUM && signers.includes(proposer);
    return { checkpoint: withAttestations(built, harmless(built, committee, drawn.choice)), isLandable };
  }
  const fault = FAULTS[drawn.fault ?? ""];
  const form = fault?.(built, committee, drawn.choice) ?? withAnothersSignature(world, built, committee, drawn.choice);
  return { checkpoint: withAttestations(built, form), isLandable: false };
}

/** L1 is asked for every way to remove the checkpoint. */
async function expectIrremovable(
  { chain, rollup, rescuer }: TestWorld,
  { number, attestations }: AttestedCheckpoint,
  { members }: SlotCommittee,
  name: string,
): Promise<void> {
  const ask = (data: Hex) => rejection(chain.call({ to: rollup.address, data, from: rescuer.address }), L1RevertError);
  for (let index = 0n; index <= BigInt(COMMITTEE); index++) {
    const { errorName } = await ask(
      encodeFunctionData({
        abi: RollupAbi,
        functionName: "invalidateBadAttestation",
        args: [number, attestations, members, index],
      }),
    );
    expect(errorName, `${name}: attestation ${index} invalidated`).to.equal(
      index < BigInt(COMMITTEE) ? "Rollup__AttestationsAreValid" : "Rollup__InvalidAttestationIndex",
    );
  }
  const { errorName } = await ask(
    encodeFunctionData({
      abi: RollupAbi,
      functionName: "invalidateInsufficientAttestations",
      args: [number, attestations, members],
    }),
  );
  expect(errorName, `${name}: invalidated for want of attestations`).to.equal(
    "ValidatorSelection__InsufficientAttestations",
  );
}

/** L1 is asked to accept the proof that ends at the checkpoint. */
async function expectProvable(world: TestWorld, { number, epoch }: AttestedCheckpoint, name: string): Promise<void> {
  await world.prove(await world.landedIn(epoch), world.prover);
  const { proven } = await world.chain.publicClient.readContract({
    address: world.rollup.address,
    abi: RollupAbi,
    functionName: "getTips",
  });
  expect(proven, `${name}: proven tip`).to.equal(number);
}

/** One signer's signature replaced by another's, both right in their own place. */
function withAnothersSignature(
  { keys }: TestWorld,
  built: AttestedCheckpoint,
  committee: SlotCommittee,
  choice: number,
): AttestationsAndSigners {
  const index = indexOfSigner(built, committee, choice);
  const another = committee.members[(index + 1) % COMMITTEE];
  const signer = another === undefined ? undefined : keys.signerOf(another);
  if (signer === undefined) throw new Error("a member's key is missing");
  return malformed.withSignatureOf(built, COMMITTEE, index, signAttestation(built.payload, signer));
}
