import { expect } from "chai";
import { encodeFunctionData, parseEventLogs, zeroAddress, type Address, type TransactionReceipt } from "viem";

import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import { getProposer } from "../../../harness/network/committee.ts";
import { logRingSize } from "../../../harness/protocol/rings.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { SlasherFlavor } from "../../../harness/upstream/rollupConfig.ts";
import { openEscapeHatch } from "../../support/escapeHatch.ts";
import { penaltyAbi } from "../../support/penalties/penaltyAbi.ts";
import {
  LATE_WEIGHT,
  LEDGER_GAS_LIMIT,
  MISS_WEIGHT,
  openedBatch,
  PenaltyNetwork,
  SlashPath,
} from "../../support/penalties/penaltyNetwork.ts";
import { rejection } from "../../support/rejection.ts";

/** Slots of an epoch. */
const EPOCH = 8n;
const TRANSACTION_GAS = 21_000n;

/** Which strikes a transaction recorded and which it left out, by slot and proposer. */
function judgements(receipt: TransactionReceipt): { struck: unknown[]; exempted: unknown[] } {
  const events = (eventName: "StrikeRecorded" | "StrikeExempted") =>
    parseEventLogs({ abi: penaltyAbi, logs: receipt.logs, eventName }).map(({ args: { slot, proposer } }) => ({
      slot,
      proposer,
    }));
  return { struck: events("StrikeRecorded"), exempted: events("StrikeExempted") };
}

/** Whose slot it is. */
interface Duty {
  readonly slot: bigint;
  readonly proposer: Address;
}

describe("The strike ledger on a real rollup", () => {
  let penalties: PenaltyNetwork;
  let first: bigint;

  beforeEach(async () => {
    penalties = await PenaltyNetwork.open(SlasherFlavor.tally, SlashPath.governance);
    first = await penalties.nextEpochStart();
  });

  const landOnTime = async (slots: readonly bigint[]): Promise<AttestedCheckpoint[]> => {
    const landed: AttestedCheckpoint[] = [];
    for (const slot of slots) landed.push(await penalties.land(slot, "on-time"));
    return landed;
  };
  const prove = (checkpoints: readonly AttestedCheckpoint[]) =>
    penalties.world.prove(checkpoints, penalties.world.prover);
  const recordMiss = (checkpointNumber: bigint, slot: bigint) =>
    penalties.send(penalties.ledger, "recordMiss", [checkpointNumber, slot]);
  const refusal = async (checkpointNumber: bigint, slot: bigint) =>
    (await rejection(recordMiss(checkpointNumber, slot), L1RevertError)).errorName;

  /** So many slots in a row, of which the first two and the last one are three proposers': every strike is somebody else's. */
  const findRun = async (length: number): Promise<readonly Duty[]> => {
    const assigned: Duty[] = [];
    // The last slot of an epoch cannot land late.
    for (let slot = first; slot < first + EPOCH - 1n; slot++) {
      assigned.push({ slot, proposer: await penalties.proposerOf(first, slot) });
    }
    const runs = assigned.map((_duty, start) => assigned.slice(start, start + length));
    const struck = (run: readonly Duty[]) => [run[0], run[1], run[length - 1]].map((duty) => duty?.proposer);
    return runs.find((run) => run.length === length && new Set(struck(run)).size === 3) ?? [];
  };

  it("belongs to governance, as do controller and slashing hook", async () => {
    const { chain, network } = penalties.world;
    for (const address of [penalties.controller, penalties.ledger, penalties.hook]) {
      const owner = await chain.publicClient.readContract({ address, abi: penaltyAbi, functionName: "owner" });
      expect(owner).to.equal(network.contracts.governance);
    }
  });

  it("takes a late landing only once an epoch proof has settled it, and only once", async () => {
    const { controller } = penalties;
    const slot = first + 1n;
    const checkpoints = [await penalties.land(first, "on-time"), await penalties.land(slot, "late")];
    const proposer = await penalties.proposerOf(first, slot);
    const early = await rejection(penalties.send(controller, "penalize", [slot]), L1RevertError);
    expect(early.errorName).to.equal("LatePenaltyController__NotSettled");
    const onTime = await rejection(penalties.send(controller, "penalize", [first]), L1RevertError);
    expect(onTime.errorName).to.equal("LateSubmission__UnknownSlot");

    await prove(checkpoints);
    for (let times = 1; times <= 2; times++) {
      await penalties.send(controller, "penalize", [slot]);
      const strikes = await penalties.strikesOf(proposer);
      expect(strikes, `penalized ${times} times`).to.deep.equal({ late: 1n, missed: 0n, weight: LATE_WEIGHT });
    }
  });

  it("holds a proven gap against the proposer of the empty slot, heavier than a late landing", async () => {
    const missed = first + 1n;
    const checkpoints = await landOnTime([first, first + 2n]);
    const before = checkpoints[0]?.number ?? 0n;
    expect(await refusal(before, missed), "before the proof").to.equal("LateStrikeLedger__NotProven");
    await prove(checkpoints);

    await recordMiss(before, missed);
    const proposer = await penalties.proposerOf(first, missed);
    const strikes = await penalties.strikesOf(proposer);
    expect(strikes).to.deep.equal({ late: 0n, missed: 1n, weight: MISS_WEIGHT });
    expect(strikes.weight > LATE_WEIGHT, "withholding must not be cheaper than being rescued").to.equal(true);
    expect(await refusal(before, missed), "twice").to.equal("LateStrikeLedger__AlreadyRecorded");

    // A miss is not reported by the controller, so somebody opens the payload.
    const batch = openedBatch(await penalties.send(penalties.hook, "open", [proposer]));
    expect(batch.slots).to.deep.equal([missed]);
    expect(batch.amount, "staking token units").to.equal(MISS_WEIGHT * 10n ** 18n);
  });

  it("does not take a late landing, or a slot next to one, for a miss", async () => {
    const late = first + 1n;
    const checkpoints = [await penalties.land(first, "on-time"), await penalties.land(late, "late")];
    checkpoints.push(...(await landOnTime([first + 4n])));
    await prove(checkpoints);
    const [number = 0n, lateNumber = 0n] = checkpoints.map((checkpoint) => checkpoint.number);

    expect(await refusal(number, late), "it has a checkpoint").to.equal("LateStrikeLedger__NotInGap");
    expect(await refusal(lateNumber, late + 1n), "maybe displaced").to.equal("LateStrikeLedger__MayBeDisplaced");
    await recordMiss(lateNumber, late + 2n);
    const proposer = await penalties.proposerOf(first, late + 2n);
    expect((await penalties.strikesOf(proposer)).missed, "the slot after that has no excuse").to.equal(1n);
  });

  it("exempts a late landing right after a late landing, and no other", async () => {
    const { controller, ledger } = penalties;
    const { chain } = penalties.world;
    const plan = ["late", "late", "on-time", "late"] as const;
    const [head, follower, , other] = await findRun(plan.length);
    if (head === undefined || follower === undefined || other === undefined)
      throw new Error("the epoch has no such run");
    const checkpoints: AttestedCheckpoint[] = [];
    for (const [index, when] of plan.entries()) checkpoints.push(await penalties.land(head.slot + BigInt(index), when));
    await prove(checkpoints);

    const judge = async ({ slot }: { slot: bigint }) =>
      judgements(await penalties.send(controller, "penalize", [slot]));
    expect(await judge(follower), "no miss counts here either").to.deep.equal({ struck: [], exempted: [follower] });
    expect(await judge(head), "began the run").to.deep.equal({ struck: [head], exempted: [] });
    expect(await judge(other), "its parent was on time").to.deep.equal({ struck: [other], exempted: [] });

    const strike = { late: 1n, missed: 0n, weight: LATE_WEIGHT };
    expect(await penalties.strikesOf(head.proposer)).to.deep.equal(strike);
    expect(await penalties.strikesOf(follower.proposer)).to.deep.equal({ late: 0n, missed: 0n, weight: 0n });
    expect(await penalties.strikesOf(other.proposer)).to.deep.equal(strike);
    for (const hook of [ledger, penalties.hook]) {
      const args = [follower.slot, hook] as const;
      const call = { address: controller, abi: penaltyAbi, functionName: "isApplied", args } as const;
      expect(await chain.publicClient.readContract(call), "an exempted slot is judged, for every hook").to.equal(true);
    }
  });

  it("holds no gap against the committee while the escape hatch is open", async () => {
    const { world } = penalties;
    const hatchProposer = penalties.stranger;
    const openEpoch = await openEscapeHatch(world.network, hatchProposer);
    const opening = world.firstSlotOf(openEpoch);
    const [before] = await landOnTime([opening - 3n]);
    if (before === undefined) throw new Error("nothing landed");
    await prove([before]);
    await prove([await penalties.landUnattested(opening + 2n, hatchProposer)]);

    for (const slot of [opening, opening + 1n]) {
      expect(await refusal(before.number, slot), `slot ${slot}`).to.equal("LateStrikeLedger__EscapeHatchOpen");
    }
    // The same gap, while the committee was to propose.
    const closed = opening - 1n;
    await recordMiss(before.number, closed);
    expect((await penalties.strikesOf(await getProposer(world.chain, world.rollup, closed))).missed).to.equal(1n);
  });

  it("holds no gap against anybody where there is no committee", async () => {
    penalties = await PenaltyNetwork.openWithoutCommittee();
    const { chain, rollup } = penalties.world;
    const start = await penalties.nextEpochStart();
    const checkpoints = [
      await penalties.landUnattested(start, penalties.stranger),
      await penalties.landUnattested(start + 2n, penalties.stranger),
    ];
    await prove(checkpoints);
    const [before = 0n] = checkpoints.map(({ number }) => number);
    expect(await getProposer(chain, rollup, start + 1n), "upstream names nobody").to.equal(zeroAddress);
    expect(await refusal(before, start + 1n)).to.equal("LateStrikeLedger__NoCommittee");
  });

  it("does not hold it against proposers that their checkpoints were pruned for want of a proof", async () => {
    const { world } = penalties;
    const [anchor] = await landOnTime([first]);
    if (anchor === undefined) throw new Error("nothing landed");
    await prove([anchor]);
    // These proposers did their duty, but nobody proves their epoch.
    await landOnTime([first + EPOCH, first + EPOCH + 1n]);
    const later = first + 3n * EPOCH;
    const [successor] = await landOnTime([later]);
    if (successor === undefined) throw new Error("nothing landed");
    expect(successor.number, "the pruned checkpoints' numbers are given again").to.equal(anchor.number + 1n);
    await prove([successor]);

    expect(world.epochOf(later) - world.epochOf(first)).to.equal(3n);
    for (const slot of [first + 1n, first + EPOCH, later - 1n]) {
      expect(await refusal(anchor.number, slot), `slot ${slot}`).to.equal("LateStrikeLedger__GapMayBePruned");
    }
    const proven = await world.chain.publicClient.readContract({
      address: world.rollup.address,
      abi: RollupAbi,
      functionName: "getProvenCheckpointNumber",
    });
    expect(proven).to.equal(successor.number);
  });

  it("takes no miss from before its registration, and none that is reported too late", async () => {
    const checkpoints = await landOnTime([first, first + 2n]);
    await prove(checkpoints);
    const [before = 0n] = checkpoints.map(({ number }) => number);
    expect(await refusal(0n, first - 1n), "genesis has no predecessor").to.equal("LateStrikeLedger__GapAtGenesis");
    const registered = first - EPOCH * 2n;
    expect(await refusal(before, registered)).to.equal("LateStrikeLedger__BeforeRegistration");

    // The rollup forgets the slot of a checkpoint once seventeen others are on top of it.
    let newest = before;
    for (let start = first + EPOCH; newest < before + logRingSize(penalties.world.rollup.timing); start += EPOCH) {
      const epoch = await landOnTime(Array.from({ length: Number(EPOCH) }, (_, index) => start + BigInt(index)));
      await prove(epoch);
      newest = epoch.at(-1)?.number ?? 0n;
    }
    expect(await refusal(before, first + 1n)).to.equal("Rollup__UnavailableTempCheckpointLog");
  });

  it("judges a late landing with at most half of the gas that it is registered with", async () => {
    const { controller, ledger } = penalties;
    const { chain, rollup } = penalties.world;
    const checkpoints = [await penalties.land(first, "late"), await penalties.land(first + 1n, "late")];
    await prove(checkpoints);
    for (const slot of [first, first + 1n]) {
      const record = await chain.publicClient.readContract({
        address: rollup.address,
        abi: penaltyAbi,
        functionName: "getLateSubmission",
        args: [slot],
      });
      const data = encodeFunctionData({ abi: penaltyAbi, functionName: "onLateSubmission", args: [record] });
      const { gasUsed } = await chain.executeAs(controller, { to: ledger, data });
      const used = gasUsed - TRANSACTION_GAS;

      expect(2n * used < LEDGER_GAS_LIMIT, `${used} gas, calldata included`).to.equal(true);
    }
  });

  it("is cheap to read and to write", async () => {
    const { controller, ledger } = penalties;
    const { chain } = penalties.world;
    const { slot, proposer } = await penalties.landAndProveOneLate(first);
    const receipt = await penalties.send(controller, "penalize", [slot]);
    const data = encodeFunctionData({ abi: penaltyAbi, functionName: "strikesOf", args: [proposer] });
    const read = await chain.publicClient.estimateGas({ to: ledger, data });
    expect(read - 21_000n < 30_000n, `${read} gas to count a window, transaction included`).to.equal(true);
    expect(receipt.gasUsed < 600_000n, `${receipt.gasUsed} gas for a strike and a payload`).to.equal(true);
  });
});
