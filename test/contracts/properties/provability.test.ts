import { expect } from "chai";
import fc from "fast-check";
import { encodeFunctionData, type Hex } from "viem";

import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { mintFeeAsset } from "../../../harness/accounting/mintFeeAsset.ts";
import { Sequencer } from "../../../harness/world/world.ts";
import { signAttestation, type AttestationsAndSigners } from "../../../harness/consensus/attestations.ts";
import { withAttestations, type AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { readTip } from "../../../harness/consensus/checkpointTip.ts";
import * as malformed from "../../../harness/consensus/malformedAttestations.ts";
import type { SlotCommittee } from "../../../harness/consensus/slotCommittee.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import { slotAt, slotStart } from "../../../harness/protocol/time.ts";
import type { Validator } from "../../../harness/network/validator.ts";
import { rejection } from "../../support/rejection.ts";
import { fuzzSeed } from "../../support/settlement/plan.ts";
import { shortEpochNetwork } from "../../support/shortEpochs.ts";

// Ten members: a bitmap of two bytes with six bits that mean nothing, and a quorum of seven.
const COMMITTEE = 10;
const QUORUM = 7;
const SLOTS = 28;
const TERMS = { submitterBps: 5_000, burnBps: 2_500, windowSeconds: 72, crossEpoch: true };

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
  "a signer less": (form) => malformed.withoutLastSigner(form),
  "a signer more": (form, { proposer }) => malformed.withExtraSigner(form, proposer.address),
  "a stranger among the signers": (form, _committee, choice) =>
    malformed.withOtherSigner(form, choice % form.signers.length, deriveAccount("stranger", "x").account.address),
  "a high s": (form, committee, choice) => malformed.withHighS(form, COMMITTEE, indexOfSigner(form, committee, choice)),
  "another stranger in the committee": (form, { members, proposerIndex }, choice) => {
    // A member that signed stays listed as a signer, and its signature gives way to an address.
    const index = (proposerIndex + 1 + (choice % (COMMITTEE - 1))) % COMMITTEE;
    return members[index] === undefined
      ? form
      : malformed.withOtherMember(form, COMMITTEE, index, deriveAccount("stranger", "y").account.address);
  },
};

function indexOfSigner(form: AttestationsAndSigners, { members }: SlotCommittee, choice: number): number {
  const signer = form.signers[choice % form.signers.length];
  return members.findIndex(({ address }) => address === signer);
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

const names = Object.keys(FAULTS);
const attempt: fc.Arbitrary<Attempt> = fc.record({
  order: fc.shuffledSubarray(
    Array.from({ length: COMMITTEE - 1 }, (_, index) => index),
    { minLength: COMMITTEE - 1 },
  ),
  others: fc.integer({ min: QUORUM - 2, max: COMMITTEE - 1 }),
  withProposer: fc.constantFrom(true, true, true, true, false),
  fault: fc.option(fc.constantFrom(...names, "another's signature"), { nil: undefined, freq: 2 }),
  choice: fc.nat({ max: 1_000_000 }),
  delay: fc.constantFrom(0n, 12n, 40n),
});

describe("A late checkpoint that was accepted", () => {
  const seed = fuzzSeed(3_690);
  const prover = deriveAccount("provability", "prover").account;
  const rescuer = deriveAccount("provability", "rescuer").account;

  it(`can never be invalidated and always be proven, and what could be is refused (seed ${seed})`, async () => {
    const config = { targetCommitteeSize: BigInt(COMMITTEE), manaTarget: 100_000_000n };
    const network = await shortEpochNetwork(config, TERMS, 12);
    const { chain, buildAhead, validators } = network;
    const sequencer = new Sequencer({ deployment: network, rollup: buildAhead, validators, seed: `provable ${seed}` });
    for (const { address } of [prover, rescuer]) await chain.setBalance(address, 10n ** 24n);
    await mintFeeAsset(network, buildAhead.feeJuicePortal, 10n ** 27n);
    let [accepted, refused] = [0, 0];
    const errors = new Set<string>();

    const attempts = fc.sample(attempt, { seed, numRuns: SLOTS });
    const first = slotAt(buildAhead.timing, await chain.now()) + 1n;
    for (const [index, drawn] of attempts.entries()) {
      const slot = first + BigInt(index);
      const committee = await sequencer.committee(slot);
      const { checkpoint, isLandable } = await build(slot, committee, drawn);
      const tip = await readTip(sequencer.view);
      const timestamp = slotStart(buildAhead.timing, slot + 1n) + drawn.delay;
      const landing = await sequencer.land(checkpoint, { from: rescuer, timestamp });
      const name = `slot ${slot}: ${1 + drawn.others} of ${COMMITTEE}, ${drawn.fault ?? "no fault"}`;
      expect(landing.revert === undefined, `${name}: ${landing.revert?.errorName ?? "accepted"}`).to.equal(isLandable);
      if (landing.revert !== undefined) {
        expect((await readTip(sequencer.view)).number, `${name}: the tip stays`).to.equal(tip.number);
        errors.add(landing.revert.errorName ?? "without a name");
        refused++;
        continue;
      }
      await expectLasting(checkpoint, committee, name);
      accepted++;
    }
    expect(accepted, "accepted").to.be.greaterThan(5);
    expect(refused, "refused").to.be.greaterThan(5);
    expect(errors.has("without a name"), "every refusal has a reason").to.equal(false);

    async function build(slot: bigint, committee: SlotCommittee, drawn: Attempt) {
      const { members, proposer } = committee;
      const others = members.filter((member) => member !== proposer);
      const asked = drawn.order.slice(0, drawn.others).map((position) => others[position] as Validator);
      const signers = members.filter((member) => asked.includes(member) || (drawn.withProposer && member === proposer));
      const built = await sequencer.build(slot, { signers: () => signers });
      const isQuorum = signers.length >= QUORUM && signers.includes(proposer);
      if (drawn.fault === undefined) {
        return { checkpoint: withAttestations(built, built), isLandable: isQuorum };
      }
      const fault = FAULTS[drawn.fault];
      const form = fault?.(built, committee, drawn.choice) ?? withAnothersSignature(built, committee, drawn.choice);
      return { checkpoint: withAttestations(built, form), isLandable: false };
    }

    /** L1 is asked for every way to remove the checkpoint, and then to accept the proof that ends at it. */
    async function expectLasting(checkpoint: AttestedCheckpoint, { members }: SlotCommittee, name: string) {
      const addresses = members.map(({ address }) => address);
      const { number, attestations, epoch } = checkpoint;
      const ask = (data: Hex) =>
        rejection(chain.call({ to: buildAhead.address, data, from: rescuer.address }), L1RevertError);
      for (let index = 0n; index <= BigInt(COMMITTEE); index++) {
        const { errorName } = await ask(
          encodeFunctionData({
            abi: RollupAbi,
            functionName: "invalidateBadAttestation",
            args: [number, attestations, addresses, index],
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
          args: [number, attestations, addresses],
        }),
      );
      expect(errorName, `${name}: invalidated for want of attestations`).to.equal(
        "ValidatorSelection__InsufficientAttestations",
      );
      const { start } = sequencer.rangeOfEpoch(epoch);
      const receipt = await chainProof(start, number);
      expect(receipt.status, `${name}: the proof that ends at it`).to.equal("success");
      const { proven } = await chain.publicClient.readContract({
        address: buildAhead.address,
        abi: RollupAbi,
        functionName: "getTips",
      });
      expect(proven, `${name}: proven tip`).to.equal(number);
    }

    function chainProof(start: bigint, end: bigint) {
      return sequencer.prove(start, end, prover);
    }
  });
});

/** One signer's signature replaced by another's, both right in their own place. */
function withAnothersSignature(
  built: AttestedCheckpoint,
  committee: SlotCommittee,
  choice: number,
): AttestationsAndSigners {
  const index = indexOfSigner(built, committee, choice);
  const another = committee.members[(index + 1) % COMMITTEE] as Validator;
  return malformed.withSignatureOf(built, COMMITTEE, index, signAttestation(built.payload, another));
}
