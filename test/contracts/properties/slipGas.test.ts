import { expect } from "chai";
import type { Hex } from "viem";

import { traceExecution, type TraceStep } from "../../../harness/bench/traceExecution.ts";
import { advanceToSlot } from "../../../harness/network/advance.ts";
import { computeQuorum } from "../../../harness/protocol/quorum.ts";
import { recordRingSize } from "../../../harness/protocol/rings.ts";
import { expectGasSnapshot } from "../../support/gasSnapshot.ts";
import { openShortEpochWorld } from "../../support/shortEpochs.ts";
import type { TestWorld } from "../../support/world.ts";

const COMMITTEE = 48n;
const QUORUM = computeQuorum(Number(COMMITTEE));
/** What recovering one signature costs whatever else does: the precompile, and the call of it. */
const RECOVERY_GAS = 3_000 + 100;
/** What an unmodified v4.1.2 publisher adds to what its simulation on time has used: a fifth. */
const limitOf = (onTime: bigint) => (onTime * 6n) / 5n;
/** How exactly the least limit that lands is searched. */
const STEP = 200n;

/** Gas left at the first signature of a landing, and after the last one. */
interface QuorumGas {
  readonly before: number;
  readonly after: number;
}

describe("The gas of a transaction that slips, limited by what it would have used on time", () => {
  it("is burned, and at the first signature nothing tells it from one that lands", async () => {
    const world = await openShortEpochWorld("gas", {
      config: { targetCommitteeSize: COMMITTEE },
      validatorCount: 64,
    });
    const slot = world.firstSlotOf(world.firstEpoch + 1n);
    const landRun = async (first: bigint, count: bigint) => {
      for (let at = first; at < first + count; at++) await world.landOnTime(at);
    };
    const proveEpochOf = async (at: bigint) => world.prove(await world.landedIn(world.epochOf(at)), world.prover);

    // As for the gas of late landings: the L1 fee oracle moves in no slot that is measured.
    await landRun(slot - 2n, 1n);
    await proveEpochOf(slot - 2n);
    await landRun(slot, 1n);
    const fresh = await measure(world, slot + 1n);

    // Upstream's ring of logs has turned, the ring of records has not.
    await landRun(slot + 1n, 3n);
    await proveEpochOf(slot);
    await landRun(slot + 4n, 4n);
    await proveEpochOf(slot + 4n);
    await landRun(slot + 8n, 1n);
    const freshRecords = await measure(world, slot + 9n);

    await world.landLate(await world.build(slot + 9n), { from: world.rescuer });
    await proveEpochOf(slot + 8n);
    const turned = slot + 8n + recordRingSize(world.rollup.timing);
    await advanceToSlot(world.chain, world.rollup, turned - 1n);
    await landRun(turned, 1n);
    const warm = await measure(world, turned + 1n);

    await expectGasSnapshot("slip", {
      ...named("fresh", fresh),
      ...named("freshRecords", freshRecords),
      ...named("warm", warm),
    });
    // What one state has left when it fails is more than what another one lands with: no number tells them apart.
    expect(fresh.left > warm.needed, "a slip on fresh words has more left than a landing on reused ones").to.equal(
      true,
    );
  });
});

/** What becomes of one checkpoint's transaction, with its limit of on time and with the least that lands. */
async function measure(world: TestWorld, slot: bigint) {
  const checkpoint = await world.build(slot);
  const from = await world.proposerOf(slot);
  const restore = await world.chain.snapshot();
  const onTime = await world.land(checkpoint);
  expect(onTime.revert, "on time").to.equal(undefined);
  await restore();
  const { receipt, timestamp } = await world.landLate(checkpoint, { from });
  await restore();
  const attempt = async (gas: bigint) => {
    const landing = await world.land(checkpoint, { from, timestamp, overrides: { gas } });
    const quorum = await traceQuorum(world, landing.receipt.transactionHash);
    await restore();
    return { landing, quorum };
  };

  const limit = limitOf(onTime.receipt.gasUsed);
  const slip = await attempt(limit);
  expect(slip.landing.revert?.data, "no reason: the gas ran out").to.equal("0x");
  expect(slip.quorum.before, "enough for the signatures").to.be.greaterThan(QUORUM * RECOVERY_GAS);

  let [fails, lands] = [limit, (receipt.gasUsed * 6n) / 5n];
  while (lands - fails > STEP) {
    const middle = (fails + lands) / 2n;
    if ((await attempt(middle)).landing.revert === undefined) lands = middle;
    else fails = middle;
  }
  const least = await attempt(lands);
  expect(least.landing.revert, "with the least limit").to.equal(undefined);
  return {
    limit,
    burned: slip.landing.receipt.gasUsed,
    left: BigInt(slip.quorum.before),
    least: lands,
    needed: BigInt(least.quorum.before),
    afterQuorum: BigInt(least.quorum.after),
  };
}

async function traceQuorum({ chain }: TestWorld, txHash: Hex): Promise<QuorumGas> {
  const { steps } = await traceExecution(chain, txHash, { withStack: true, intrinsic: 0 });
  const recoveries = steps.filter(isRecovery);
  const [first, last] = [recoveries[0], recoveries.at(-1)];
  if (first === undefined || last === undefined) throw new Error(`${txHash} recovers no signature`);
  expect(recoveries.length, "signatures recovered").to.equal(QUORUM);
  return { before: first.gas, after: last.gas - RECOVERY_GAS };
}

/** A call of the first precompile. */
function isRecovery({ op, stack }: TraceStep): boolean {
  const target = stack?.at(-2);
  return op === "STATICCALL" && target !== undefined && BigInt(target.startsWith("0x") ? target : `0x${target}`) === 1n;
}

function named(state: string, figures: Readonly<Record<string, bigint>>): Readonly<Record<string, bigint>> {
  const entries = Object.entries(figures).map(([name, gas]) => {
    return [`${state}${name.charAt(0).toUpperCase()}${name.slice(1)}`, gas] as const;
  });
  return Object.fromEntries(entries);
}
