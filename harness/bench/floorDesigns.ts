import { concatHex, encodeFunctionData, multicall3Abi, type Address, type Hex } from "viem";

import { makeProposeTransaction } from "../consensus/proposeTransaction.ts";
import type { BundledCall } from "../consensus/bundledCalls.ts";
import { readCheckpointAsArchiver } from "../consensus/archiverDecoding.ts";
import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { compactProposerAbi, lateSubmissionAbi } from "../protocol/abis.ts";
import type { BenchContext } from "./benchContext.ts";
import { encodeCompact, type MemberSourceName } from "./compactCheckpoint.ts";
import { deployBenchContract } from "./deployBenchContract.ts";
import { expectCompanions, expectLoss, expectSuccess, proposeOf } from "./expectations.ts";
import type { LanePair } from "./lanePair.ts";
import { measureTransaction, type Measurement } from "./measurement.ts";

/** One way to send a checkpoint, measured on the same checkpoint in the same state as all others. Gas, except for bytes. */
export interface FloorDesignRecord {
  readonly hardfork: string;
  readonly committee: number;
  readonly design: string;
  /** Of the checkpoint sent alone. */
  readonly calldataBytes: number;
  readonly calldataFloor: number;
  readonly projectedFloor: number;
  /** Landing on time, alone and with a signal and a vote. */
  readonly success: number;
  readonly successBundled: number;
  /** A duplicate one block later, alone and with a signal and a vote. */
  readonly duplicate: number;
  readonly duplicateExecution: number;
  readonly duplicateBundled: number;
  /** Once per epoch, beside the checkpoints. */
  readonly perEpoch: number;
  /** How a node of v4.1.2 finds `propose` in it. */
  readonly nodesFindIt: "in the calldata" | "by trace only";
}

interface Design {
  readonly name: string;
  /** The transaction's target and data, with the calls sent along. */
  readonly encode: (companions: readonly BundledCall[]) => { readonly to: Address; readonly data: Hex };
  readonly perEpoch?: number;
}

/** Measures every design for a slot on whose predecessor the tip stands, on the extended lane. */
export async function measureFloorDesigns(context: BenchContext, slot: bigint): Promise<readonly FloorDesignRecord[]> {
  const { pair, hardfork, progress } = context;
  const lane = pair.buildAhead;
  const restore = await pair.snapshot();
  const compact = await deployBenchContract(lane, "CompactProposer", [lane.rollup.address]);
  const checkpoint = await pair.build(slot);
  const { members } = await pair.committee(slot);
  const addresses = members.map(({ address }) => address);
  // Deployment and storage take a block each, before the slot begins.
  const stored = await lane.chain.execute({
    from: pair.rescuer,
    to: compact,
    data: encodeFunctionData({
      abi: compactProposerAbi,
      functionName: "storeCommittee",
      args: [checkpoint.epoch, concatHex(addresses)],
    }),
  });
  const designs = makeDesigns(pair, checkpoint, addresses, compact, Number(stored.gasUsed));
  const prepared = await pair.snapshot();
  const records: FloorDesignRecord[] = [];
  for (const design of designs) {
    progress(`floor design: ${design.name}`);
    const onTime = pair.onTime(slot);
    const [alone, bundled] = [
      await sendDesign(pair, checkpoint, design, onTime, []),
      await prepared().then(async () =>
        sendDesign(pair, checkpoint, design, onTime, await pair.companions(lane, slot)),
      ),
    ];
    await prepared();
    await lane.chain.execute(makeProposeTransaction(lane, checkpoint, await pair.proposerOf(slot)), {
      timestamp: onTime,
    });
    const landed = await pair.snapshot();
    const duplicate = await sendDesign(pair, checkpoint, design, onTime + 12n, []);
    await landed();
    const companions = await pair.companions(lane, slot);
    const duplicateBundled = await sendDesign(pair, checkpoint, design, onTime + 12n, companions);
    await prepared();
    const success = expectSuccess(alone.measured, design.name);
    records.push({
      hardfork,
      committee: pair.committeeSize,
      design: design.name,
      calldataBytes: success.calldataBytes,
      calldataFloor: success.calldataFloor,
      projectedFloor: success.projectedFloor,
      success: success.gasUsed,
      successBundled: expectSuccess(bundled.measured, design.name).gasUsed,
      duplicate: expectLoss(duplicate.measured, design.name).gasUsed,
      duplicateExecution: duplicate.measured.execution,
      duplicateBundled: expectLoss(duplicateBundled.measured, design.name).gasUsed,
      perEpoch: design.perEpoch ?? 0,
      nodesFindIt: alone.neededTrace ? "by trace only" : "in the calldata",
    });
  }
  await restore();
  return records;
}

function makeDesigns(
  pair: LanePair,
  checkpoint: AttestedCheckpoint,
  members: readonly Address[],
  compact: Address,
  storing: number,
): readonly Design[] {
  const { rollup, contracts } = pair.buildAhead;
  const propose = { target: rollup.address, callData: checkpoint.proposeCalldata, allowFailure: true };
  const question = encodeFunctionData({
    abi: lateSubmissionAbi,
    functionName: "requireOpen",
    args: [checkpoint.slot, checkpoint.parent.archive],
  });
  const aggregate = (calls: readonly BundledCall[]) =>
    encodeFunctionData({ abi: multicall3Abi, functionName: "aggregate3", args: [calls] });
  const bundle = (calls: readonly BundledCall[]) => ({ to: contracts.multicall3, data: aggregate(calls) });
  const compactDesign = (name: string, source: MemberSourceName, perEpoch = 0): Design => {
    const data = encodeCompact(checkpoint, members, source);
    return {
      name,
      perEpoch,
      encode: (companions) =>
        companions.length === 0
          ? { to: compact, data }
          : bundle([{ target: compact, callData: data, allowFailure: true }, ...companions]),
    };
  };
  return [
    {
      name: "propose, as nodes send it",
      encode: (companions) =>
        companions.length === 0
          ? { to: rollup.address, data: checkpoint.proposeCalldata }
          : bundle([propose, ...companions]),
    },
    {
      name: "guard in a bundling contract",
      encode: (companions) => ({ to: pair.guardedBundler, data: aggregate([propose, ...companions]) }),
    },
    {
      name: "guard in a Multicall3 inside Multicall3",
      encode: (companions) => {
        const guarded = [{ target: rollup.address, callData: question, allowFailure: false }, propose];
        return bundle([
          { target: contracts.multicall3, callData: aggregate(guarded), allowFailure: true },
          ...companions,
        ]);
      },
    },
    compactDesign("compact, addresses once and unpadded", "given"),
    compactDesign("compact, signers recovered from their signatures", "recovered"),
    compactDesign("compact, committee stored as code once per epoch", "stored", storing),
  ];
}

async function sendDesign(
  pair: LanePair,
  checkpoint: AttestedCheckpoint,
  design: Design,
  timestamp: bigint,
  companions: readonly BundledCall[],
): Promise<{ readonly measured: Measurement; readonly neededTrace: boolean }> {
  const lane = pair.buildAhead;
  const request = { ...makeProposeTransaction(lane, checkpoint, pair.rescuer), ...design.encode(companions) };
  const receipt = await lane.chain.execute(request, { timestamp, allowRevert: true });
  expectCompanions(receipt, companions, design.name);
  const measured = await measureTransaction(lane.chain, receipt, { inner: proposeOf(lane) });
  const neededTrace =
    measured.outcome === "success" && (await readCheckpointAsArchiver(lane, receipt.transactionHash)).neededTrace;
  return { measured, neededTrace };
}
