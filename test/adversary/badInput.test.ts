import { expect } from "chai";
import { concatHex, keccak256, maxUint256, sha256, zeroAddress, zeroHash, type Hex } from "viem";

import { withAttestations, type AttestedCheckpoint } from "../../harness/consensus/attestedCheckpoint.ts";
import { L1RevertError } from "../../harness/l1/l1Errors.ts";
import { encodeSetTerms } from "../../harness/protocol/terms.ts";
import type { HeaderFields } from "../../harness/upstream/header.ts";
import { readState } from "../boundary/support/rollupState.ts";
import { proveAndSettle } from "../boundary/support/settlement.ts";
import {
  askOpen,
  askRecord,
  expectRejected,
  refusal,
  rehearse,
  rehearseHeader,
  type Verdict,
} from "../boundary/support/verdict.ts";
import { openTestWorld, setTerms, type TestWorld } from "../support/world.ts";
import { rejection } from "../support/rejection.ts";

const WRONG = keccak256("0x77726f6e67");
const DELAY = 12n;

/** Header fields as L1 decodes them, changed after everything was signed: faults that are found before any signature. */
function withHeader(checkpoint: AttestedCheckpoint, fields: Partial<HeaderFields>): AttestedCheckpoint {
  const header = { ...checkpoint.proposeArgs.header, ...fields };
  return withAttestations({ ...checkpoint, proposeArgs: { ...checkpoint.proposeArgs, header } }, checkpoint);
}

describe("A late header that is wrong", () => {
  let world: TestWorld;
  let parent: AttestedCheckpoint;
  let checkpoint: AttestedCheckpoint;
  let slot: bigint;
  let timestamp: bigint;
  let restore: () => Promise<void>;

  before(async () => {
    world = await openTestWorld();
    slot = world.firstSlot + 1n;
    timestamp = world.at(slot + 1n, DELAY);
    parent = (await world.landOnTime(world.firstSlot)).checkpoint;
    checkpoint = await world.build(slot);
    restore = await world.chain.snapshot();
  });

  beforeEach(() => restore());

  const reject = (bad: AttestedCheckpoint, expected: Exclude<Verdict, "accepted">, rehearsal?: Verdict) =>
    expectRejected(world, bad, expected, {
      timestamp,
      from: world.rescuer,
      ...(rehearsal === undefined ? {} : { rehearsal }),
    });

  /** Refused at the door: by `requireOpen` and for the header alone as well. */
  async function rejectAtOnce(fields: Partial<HeaderFields>, expected: Exclude<Verdict, "accepted">): Promise<void> {
    const bad = withHeader(checkpoint, fields);
    expect(await askOpen(world, bad, timestamp), "requireOpen").to.deep.equal(expected);
    expect(await rehearseHeader(world, bad, timestamp), "header alone").to.deep.equal(expected);
    await reject(bad, expected);
  }

  it("names a slot two slots old", async () => {
    timestamp = world.at(slot + 2n, 0n);
    await rejectAtOnce({}, refusal("HeaderLib__InvalidSlotNumber", slot + 2n, slot));
    timestamp = world.at(slot + 1n, DELAY);
  });

  it("names a future slot", async () => {
    for (const future of [slot + 2n, slot + 1_000n, maxUint256 - 1n, maxUint256]) {
      await rejectAtOnce({ slotNumber: future }, refusal("HeaderLib__InvalidSlotNumber", slot + 1n, future));
      await restore();
    }
  });

  it("names a slot that the chain has, or one before it", async () => {
    for (const old of [parent.slot, parent.slot - 1n, 0n]) {
      await rejectAtOnce({ slotNumber: old }, refusal("Rollup__SlotAlreadyInChain", parent.slot, old));
      await restore();
    }
  });

  it("builds on another archive", async () => {
    for (const archive of [WRONG, zeroHash, parent.parent.archive]) {
      const expected = refusal("Rollup__InvalidArchive", parent.archive, archive);
      await rejectAtOnce({ lastArchiveRoot: archive }, expected);
      await restore();
    }
  });

  it("lacks its parent", async () => {
    const missing = await world.build(slot - 1n, { parent: parent.parent, salt: "never landed" });
    const orphan = await world.build(slot, { parent: missing });
    await reject(orphan, refusal("Rollup__InvalidArchive", parent.archive, missing.archive));
  });

  it("has contents that upstream refuses, each by its own error", async () => {
    const { header } = checkpoint.proposeArgs;
    const late = world.at(slot + 1n);
    const fee = header.gasFees.feePerL2Gas;
    const { manaTarget } = world.rollup.config;
    const cases: readonly (readonly [Partial<HeaderFields>, Exclude<Verdict, "accepted">])[] = [
      [{ coinbase: zeroAddress }, refusal("Rollup__InvalidCoinbase")],
      [{ totalManaUsed: 2n * manaTarget + 1n }, refusal("Rollup__ManaLimitExceeded")],
      [{ timestamp: late }, refusal("Rollup__InvalidTimestamp", world.at(slot), late)],
      [{ blobsHash: WRONG }, refusal("Rollup__UnavailableTxs", WRONG)],
      [{ gasFees: { feePerDaGas: 1n, feePerL2Gas: fee } }, refusal("Rollup__NonZeroDaFee")],
      [{ gasFees: { feePerDaGas: 0n, feePerL2Gas: fee + 1n } }, refusal("Rollup__InvalidManaMinFee", fee, fee + 1n)],
    ];
    for (const [fields, expected] of cases) {
      await restore();
      const bad = withHeader(checkpoint, fields);
      expect(await askOpen(world, bad, timestamp), "requireOpen looks at slot and archive only").to.equal("accepted");
      expect(await rehearseHeader(world, bad, timestamp), "header alone").to.deep.equal(expected);
      await reject(bad, expected);
    }
  });

  it("is not what the committee attested to", async () => {
    const bad = withHeader(checkpoint, { totalManaUsed: checkpoint.header.totalManaUsed.toBigInt() - 1n });
    const { revert } = await world.land(bad, { timestamp, from: world.rescuer });
    expect(revert?.errorName).to.equal("ValidatorSelection__InvalidCommitteeCommitment");
    await restore();
    const proposeArgs = { ...checkpoint.proposeArgs, archive: WRONG };
    const replaced = withAttestations({ ...checkpoint, proposeArgs }, checkpoint);
    const outcome = await world.land(replaced, { timestamp, from: world.rescuer });
    expect(outcome.revert?.errorName).to.equal("ValidatorSelection__InvalidCommitteeCommitment");
  });

  it("consumes other messages than the inbox holds", async () => {
    const bad = await world.build(slot, { header: { inHash: `0x00${WRONG.slice(4)}` } });
    const { inHash } = checkpoint.proposeArgs.header;
    // Validation does not consume messages, upstream's neither.
    await reject(bad, refusal("Rollup__InvalidInHash", inHash, bad.proposeArgs.header.inHash), "accepted");
  });

  it("moves the fee asset's price too far", async () => {
    const bad = await world.build(slot, { feeAssetPriceModifier: 101n });
    await reject(bad, refusal("FeeLib__InvalidFeeAssetPriceModifier"), "accepted");
  });

  it("comes without blob input, with an empty list, or with another blob's commitment", async () => {
    const inputs: readonly (readonly [Hex, Exclude<Verdict, "accepted">])[] = [
      ["0x", refusal("Rollup__NoBlobsInCheckpoint")],
      ["0x00", refusal("Rollup__NoBlobsInCheckpoint")],
    ];
    for (const [blobInput, expected] of inputs) {
      await restore();
      await reject(withAttestations({ ...checkpoint, blobInput }, checkpoint), expected, "accepted");
    }
    const other = await world.build(slot, { salt: "other blob" });
    const hashOf = ({ blobInput }: AttestedCheckpoint): Hex =>
      concatHex(["0x01", `0x${sha256(`0x${blobInput.slice(4)}`).slice(4)}`]);
    await restore();
    const swapped = withAttestations({ ...checkpoint, blobInput: other.blobInput }, checkpoint);
    await reject(swapped, refusal("Rollup__InvalidBlobHash", hashOf(checkpoint), hashOf(other)), "accepted");

    // Without blobs in the transaction there is no hash to compare with.
    const { chain, rollup, rescuer } = world;
    const request = { from: rescuer, to: rollup.address, data: checkpoint.proposeCalldata };
    const before = await readState(world);
    const error = await rejection(chain.execute(request, { timestamp: timestamp + 1n }), L1RevertError);
    expect([error.errorName, ...error.args]).to.deep.equal(["Rollup__InvalidBlobHash", zeroHash, hashOf(checkpoint)]);
    expect(await readState(world)).to.deep.equal(before);
  });

  it("does no harm: after all of them in one slot the right one lands and is settled", async () => {
    await setTerms(world, { windowSeconds: 72 }, world.at(slot, 20n));
    const bad = [
      withHeader(checkpoint, { slotNumber: slot + 2n }),
      withHeader(checkpoint, { lastArchiveRoot: WRONG }),
      withHeader(checkpoint, { coinbase: zeroAddress }),
      withAttestations({ ...checkpoint, blobInput: "0x" }, checkpoint),
    ];
    for (const [index, wrong] of bad.entries()) {
      const at = world.at(slot + 1n, BigInt(index));
      const { revert } = await world.land(wrong, { timestamp: at, from: world.rival });
      expect(revert, `number ${index}`).not.to.equal(undefined);
    }
    expect(await rehearse(world, checkpoint, world.at(slot + 1n, 71n))).to.equal("accepted");
    await world.landLate(checkpoint, { from: world.rescuer, delay: 71n });
    const late = [{ checkpoint, submitter: world.rescuer.address }];
    await proveAndSettle(world, { checkpoints: [parent, checkpoint], late });
  });
});

describe("A slot without a late landing", () => {
  it("is unknown: never used, used on time, in the future, or no slot at all", async () => {
    const world = await openTestWorld();
    const { checkpoint } = await world.landOnTime(world.firstSlot + 1n);
    for (const slot of [0n, checkpoint.slot, checkpoint.slot + 1n, checkpoint.slot + 32n, 2n ** 32n, maxUint256]) {
      expect(await askRecord(world, slot), `slot ${slot.toString()}`).to.deep.equal(
        refusal("LateSubmission__UnknownSlot", slot),
      );
    }
  });
});

describe("Terms that make no sense", () => {
  let world: TestWorld;

  before(async () => {
    world = await openTestWorld();
  });

  const cases: readonly { terms: Parameters<typeof setTerms>[1]; expected: readonly unknown[] }[] = [
    { terms: { submitterBps: 5_000, burnBps: 5_001 }, expected: ["LateSubmission__SplitTooLarge", 5_000n, 5_001n] },
    { terms: { submitterBps: 10_001, burnBps: 0 }, expected: ["LateSubmission__SplitTooLarge", 10_001n, 0n] },
    { terms: { submitterBps: 0, burnBps: 10_001 }, expected: ["LateSubmission__SplitTooLarge", 0n, 10_001n] },
    {
      terms: { submitterBps: 65_535, burnBps: 65_535 },
      expected: ["LateSubmission__SplitTooLarge", 65_535n, 65_535n],
    },
    { terms: { windowSeconds: 73 }, expected: ["LateSubmission__WindowTooLong", 73n, 72n] },
    { terms: { windowSeconds: 2 ** 32 - 1 }, expected: ["LateSubmission__WindowTooLong", 2n ** 32n - 1n, 72n] },
  ];

  for (const { terms, expected } of cases) {
    it(`are refused to governance: ${JSON.stringify(terms)}`, async () => {
      const before = (await readState(world))["terms"];
      const error = await rejection(setTerms(world, terms), L1RevertError);
      expect([error.errorName, ...error.args]).to.deep.equal(expected);
      expect((await readState(world))["terms"], "terms").to.equal(before);
    });
  }

  it("are refused to everybody but governance, sensible or not", async () => {
    const { chain, rollup, rescuer } = world;
    const terms = { submitterBps: 0, burnBps: 0, windowSeconds: 0, crossEpoch: false };
    const data = encodeSetTerms(terms);
    const error = await rejection(chain.execute({ from: rescuer, to: rollup.address, data }), L1RevertError);
    expect([error.errorName, ...error.args]).to.deep.equal(["OwnableUnauthorizedAccount", rescuer.address]);
  });

  it("are accepted at their limits", async () => {
    await setTerms(world, { submitterBps: 10_000, burnBps: 0, windowSeconds: 72 });
    await setTerms(world, { submitterBps: 0, burnBps: 10_000, windowSeconds: 0 });
    await setTerms(world, { submitterBps: 5_000, burnBps: 5_000, windowSeconds: 1, crossEpoch: true });
  });
});
