import { expect } from "chai";
import type { Hex } from "viem";

import { decodeSettled } from "../../../harness/accounting/lateSubmissionEvents.ts";
import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { nameLateRecipientCall } from "../../../harness/consensus/bundledCalls.ts";
import { proveBlobsOfEpoch } from "../../../harness/consensus/epochProof.ts";
import { makeEpochProofTransaction } from "../../../harness/consensus/epochProofTransaction.ts";
import { LATE_OVER_ON_TIME_PERCENT } from "../../../harness/consensus/publisherGas.ts";
import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { advanceToSlot } from "../../../harness/network/advance.ts";
import { recordRingSize } from "../../../harness/protocol/rings.ts";
import { expectGasSnapshot } from "../../support/gasSnapshot.ts";
import { runAsUpstream } from "../../support/runAsUpstream.ts";
import { openShortEpochWorld } from "../../support/shortEpochs.ts";
import type { TestWorld } from "../../support/world.ts";

/** Gas that a proof of an epoch without late slots may cost more than upstream's. */
const PROOF_OVERHEAD_LIMIT = 3_000n;
/** Gas that each settled late slot may add to a proof. */
const SETTLEMENT_LIMIT = 58_000n;
/** A late landing compared with the same checkpoint on time, in percent, on a ring of records that is warm. */
const WARM_LIMIT = 160n;

const LATE_SLOTS = 6;

describe("The gas of late landings and of their settlement, with committees of 48", () => {
  async function open(aztecEpochDuration = 8n) {
    const world = await openShortEpochWorld("gas", {
      config: { aztecEpochDuration, targetCommitteeSize: 48n },
      terms: { firstBps: 5_000, submitterBps: 5_000, burnBps: 2_500, windowSeconds: 24, crossEpoch: false },
      validatorCount: 64,
    });
    return { world, slot: world.firstSlotOf(world.firstEpoch + 1n) };
  }

  /** Gas of the same checkpoint from the same state, on time and late. */
  const measureBoth = async (world: TestWorld, slot: bigint) => {
    const checkpoint = await world.build(slot);
    const restore = await world.chain.snapshot();
    const onTime = await world.land(checkpoint);
    expect(onTime.revert, "on time").to.equal(undefined);
    await restore();
    const late = await world.landLate(checkpoint, { from: await world.proposerOf(slot) });
    await restore();
    return { onTime: onTime.receipt.gasUsed, late: late.receipt.gasUsed };
  };

  const landRun = async (world: TestWorld, first: bigint, count: bigint) => {
    for (let slot = first; slot < first + count; slot++) await world.landOnTime(slot);
  };

  const proveEpochOf = async (world: TestWorld, slot: bigint) =>
    world.prove(await world.landedIn(world.epochOf(slot)), world.prover);

  it("of a late landing stays within 1.75 of the same checkpoint on time, 1.60 once the ring of records is warm", async () => {
    const { world, slot } = await open(4n);
    // The L1 fee oracle moves every fifth slot, whoever lands then. Starting two slots before the epoch keeps it out of all
    // slots measured, so that the comparison is about lateness alone.
    await landRun(world, slot - 2n, 1n);
    await proveEpochOf(world, slot - 2n);
    await landRun(world, slot, 1n);
    const first = await measureBoth(world, slot + 1n);

    // Two epochs turn upstream's ring of nine logs once. They are proven, so that numbers go on and archives are new words.
    await landRun(world, slot + 1n, 3n);
    await proveEpochOf(world, slot);
    await landRun(world, slot + 4n, 4n);
    await proveEpochOf(world, slot + 4n);
    await landRun(world, slot + 8n, 1n);
    const freshRecords = await measureBoth(world, slot + 9n);

    // A turn of the ring of records later the same places are written again.
    await world.landLate(await world.build(slot + 9n), { from: world.rescuer });
    await proveEpochOf(world, slot + 8n);
    const turned = slot + 8n + recordRingSize(world.rollup.timing);
    await advanceToSlot(world.chain, world.rollup, turned - 1n);
    await landRun(world, turned, 1n);
    const warmRecords = await measureBoth(world, turned + 1n);

    await expectGasSnapshot("lateLanding", {
      firstOnTime: first.onTime,
      firstLate: first.late,
      freshRecordsOnTime: freshRecords.onTime,
      freshRecordsLate: freshRecords.late,
      warmRecordsOnTime: warmRecords.onTime,
      warmRecordsLate: warmRecords.late,
    });
    expectWithin(first, LATE_OVER_ON_TIME_PERCENT, "nothing was ever landed");
    expectWithin(freshRecords, LATE_OVER_ON_TIME_PERCENT, "logs are rewritten, records are new");
    expectWithin(warmRecords, WARM_LIMIT, "logs and records are rewritten");
  });

  it("of a proof without late slots is at most 3,000 above upstream's, for one checkpoint and for several", async () => {
    const { world, slot } = await open();
    const checkpoints: AttestedCheckpoint[] = [];
    for (let index = 0n; index < 4n; index++) {
      checkpoints.push((await world.landOnTime(slot + index)).checkpoint);
    }
    const figures: Record<string, bigint> = {};
    for (const length of [1, 4]) {
      const { ours, upstream } = await measureProof(world, checkpoints.slice(0, length));
      const overhead = ours - upstream;
      figures[`upstream${length}`] = upstream;
      figures[`overhead${length}`] = overhead;
    }
    await expectGasSnapshot("proofWithoutLateSlots", figures);
    for (const length of [1, 4]) {
      const overhead = figures[`overhead${length}`] ?? 0n;
      expect(overhead <= PROOF_OVERHEAD_LIMIT, `${overhead} gas more for ${length} checkpoints`).to.equal(true);
    }
  });

  // One rescuer that has earned before; and the dearest case, where everybody is credited for the first time.
  for (const [name, isFirstTime] of [
    ["one rescuer who has earned before", false],
    ["a rescuer who never earned before for each", true],
  ] as const) {
    it(`of a settlement is at most 58,000 for each late slot, from one to six of them, with ${name}`, async () => {
      const { world, slot } = await open();
      const account = (role: string, index: number) => deriveAccount("gas", role, index).account.address;
      const recipientOf = (index: number) => account("recipient", isFirstTime ? index : 0);
      const landLate = async (at: bigint, index: number) => {
        const before = [nameLateRecipientCall(world.view, recipientOf(index), false)];
        const built = await world.build(at, { coinbase: account("coinbase", index) });
        return (await world.landLate(built, { from: world.rescuer, bundle: { before, allowFailure: false } }))
          .checkpoint;
      };
      // An earlier settlement: the burn address and the rescuer have had money since.
      await world.prove([await landLate(slot - 4n, 0)], world.prover);

      const checkpoints: AttestedCheckpoint[] = [];
      const extras: bigint[] = [];
      for (let count = 1; count <= LATE_SLOTS; count++) {
        checkpoints.push(await landLate(slot + BigInt(count - 1), count));
        const { ours, upstream, settled } = await measureProof(world, checkpoints);
        expect(settled, "settled slots").to.equal(count);
        extras.push(ours - upstream);
      }
      await expectGasSnapshot(
        isFirstTime ? "settlementFirstTime" : "settlement",
        Object.fromEntries(extras.map((extra, index) => [`extra${index + 1}`, extra])),
      );
      // A proof pays its own bound and one for each late slot; each further slot stays within its bound by itself.
      extras.forEach((extra, index) => {
        const late = BigInt(index + 1);
        const limit = PROOF_OVERHEAD_LIMIT + late * SETTLEMENT_LIMIT;
        expect(extra <= limit, `${late} late slots cost ${extra} gas, limit ${limit}`).to.equal(true);
        const each = extra - (extras[index - 1] ?? PROOF_OVERHEAD_LIMIT);
        expect(each <= SETTLEMENT_LIMIT, `late slot number ${late} adds ${each} gas`).to.equal(true);
      });
    });
  }

  /** Gas of one proof, from one state, with our library and with upstream's. */
  async function measureProof(
    { chain, network, rollup, view, prover }: TestWorld,
    checkpoints: readonly AttestedCheckpoint[],
  ) {
    const blobInputs: Hex = await proveBlobsOfEpoch(checkpoints);
    const request = await makeEpochProofTransaction(view, prover, { checkpoints, blobInputs });
    const timestamp = (await chain.now()) + 12n;
    const upstream = await runAsUpstream(network, rollup, request, timestamp, async ({ status, gasUsed }) => {
      expect(status, "upstream's proof").to.equal("success");
      return gasUsed;
    });
    const restore = await chain.snapshot();
    const receipt = await chain.execute(request, { timestamp });
    await restore();
    return { ours: receipt.gasUsed, upstream, settled: decodeSettled(receipt, rollup.address).length };
  }
});

/** @param limit Percent */
function expectWithin({ onTime, late }: { onTime: bigint; late: bigint }, limit: bigint, name: string): void {
  expect(late * 100n <= onTime * limit, `${name}: ${late} late, ${onTime} on time, limit ${limit} %`).to.equal(true);
}
