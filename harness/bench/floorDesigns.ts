import { concatHex, encodeFunctionData, multicall3Abi, type Address, type Hex } from "viem";

import { readCheckpointAsArchiver } from "../consensus/archiverDecoding.ts";
import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import type { BundledCall } from "../consensus/bundledCalls.ts";
import { makeProposeTransaction } from "../consensus/proposeTransaction.ts";
import { compactProposerAbi, lateSubmissionAbi } from "../protocol/abis.ts";
import { requireLanded } from "../world/world.ts";
import type { BenchContext } from "./benchContext.ts";
import type { BenchTwin } from "./benchTwin.ts";
import { CASE_IDS } from "./record/caseNames.ts";
import { encodeCompact, type MemberSourceName } from "./compactCheckpoint.ts";
import { deployBenchContract } from "./deployBenchContract.ts";
import { expectCompanions, expectLoss, expectSuccess, proposeOf } from "./expectations.ts";
import { measureTransaction, type Measurement } from "./measurement.ts";
import { makeId } from "./record/recordId.ts";

interface Design {
  /** In the words of ids. */
  readonly key: string;
  readonly name: string;
  /** The transaction's target and data, with the calls sent along. */
  readonly encode: (companions: readonly BundledCall[]) => { readonly to: Address; readonly data: Hex };
  readonly perEpoch?: number;
}

/** Measures every design for a slot on whose predecessor the tip stands, on the extended side. */
export async function measureFloorDesigns(context: BenchContext, slot: bigint): Promise<void> {
  const { twin, circumstances, progress, wants, addFloorDesign } = context;
  if (twin.committeeSize === 0 || !wants("floor designs")) return;
  const { extended: side, rescuer } = twin;
  const restore = await twin.snapshot();
  const compact = await deployBenchContract(side.network.deployer, "CompactProposer", [side.rollup.address]);
  const checkpoint = await twin.build(slot);
  const { members } = await side.committee(slot);
  // Deployment and storage take a block each, before the slot begins.
  const stored = await side.chain.execute({
    from: rescuer,
    to: compact,
    data: encodeFunctionData({
      abi: compactProposerAbi,
      functionName: "storeCommittee",
      args: [checkpoint.epoch, concatHex(members)],
    }),
  });
  const onTime = side.at(slot, 12n);
  const prepared = await twin.snapshot();
  for (const design of makeDesigns(twin, checkpoint, members, compact, Number(stored.gasUsed))) {
    progress(`floor design: ${design.name}`);
    const alone = await sendDesign(twin, checkpoint, design, onTime, []);
    await prepared();
    const bundled = await sendDesign(twin, checkpoint, design, onTime, await twin.companions(side, slot));
    await prepared();
    requireLanded(await side.land(checkpoint));
    const landed = await twin.snapshot();
    const duplicate = await sendDesign(twin, checkpoint, design, onTime + 12n, []);
    await landed();
    const companions = await twin.companions(side, slot);
    const duplicateBundled = await sendDesign(twin, checkpoint, design, onTime + 12n, companions);
    await prepared();
    const success = expectSuccess(alone.measured, design.name);
    addFloorDesign({
      id: makeId([CASE_IDS["floor designs"], design.key], circumstances),
      ...circumstances,
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
}

function makeDesigns(
  twin: BenchTwin,
  checkpoint: AttestedCheckpoint,
  members: readonly Address[],
  compact: Address,
  storing: number,
): readonly Design[] {
  const { rollup, contracts } = twin.extended;
  const propose = { target: rollup.address, callData: checkpoint.proposeCalldata, allowFailure: true };
  const question = encodeFunctionData({
    abi: lateSubmissionAbi,
    functionName: "requireOpen",
    args: [checkpoint.slot, checkpoint.parent.archive],
  });
  const aggregate = (calls: readonly BundledCall[]) =>
    encodeFunctionData({ abi: multicall3Abi, functionName: "aggregate3", args: [calls] });
  const bundle = (calls: readonly BundledCall[]) => ({ to: contracts.multicall3, data: aggregate(calls) });
  const compactDesign = (source: MemberSourceName, key: string, name: string, perEpoch = 0): Design => {
    const data = encodeCompact(checkpoint, members, source);
    return {
      key,
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
      key: "propose",
      name: "propose, as nodes send it",
      encode: (companions) =>
        companions.length === 0
          ? { to: rollup.address, data: checkpoint.proposeCalldata }
          : bundle([propose, ...companions]),
    },
    {
      key: "guardedBundler",
      name: "guard in a bundling contract",
      encode: (companions) => ({ to: twin.guardedBundler, data: aggregate([propose, ...companions]) }),
    },
    {
      key: "guardedMulticall",
      name: "guard in a Multicall3 inside Multicall3",
      encode: (companions) => {
        const guarded = [{ target: rollup.address, callData: question, allowFailure: false }, propose];
        return bundle([
          { target: contracts.multicall3, callData: aggregate(guarded), allowFailure: true },
          ...companions,
        ]);
      },
    },
    compactDesign("given", "compactGiven", "compact, addresses once and unpadded"),
    compactDesign("recovered", "compactRecovered", "compact, signers recovered from their signatures"),
    compactDesign("stored", "compactStored", "compact, committee stored as code once per epoch", storing),
  ];
}

async function sendDesign(
  twin: BenchTwin,
  checkpoint: AttestedCheckpoint,
  design: Design,
  timestamp: bigint,
  companions: readonly BundledCall[],
): Promise<{ readonly measured: Measurement; readonly neededTrace: boolean }> {
  const side = twin.extended;
  const request = { ...makeProposeTransaction(side, checkpoint, twin.rescuer), ...design.encode(companions) };
  const receipt = await side.chain.execute(request, { timestamp, allowRevert: true });
  expectCompanions(receipt, companions, design.name);
  const measured = await measureTransaction(side, receipt, { inner: proposeOf(side) });
  const neededTrace =
    measured.outcome === "success" && (await readCheckpointAsArchiver(side, receipt.transactionHash)).neededTrace;
  return { measured, neededTrace };
}
