import { artifacts } from "hardhat";
import { encodeFunctionData, parseAbi, type Abi } from "viem";

import { makeProposeTransaction, type BundledCall } from "../actors/publisher.ts";
import type { AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import type { L1BlobTransactionRequest } from "../l1/l1Transaction.ts";
import type { LanePair } from "./lanePair.ts";

const guardAbi = parseAbi(["function requireOpen(uint256 _slot, bytes32 _lastArchive) view"]);

/** A checkpoint and the calls sent along, through the bundling contract that asks `requireOpen` before `propose`. */
export async function guardedBundleRequest(
  pair: LanePair,
  checkpoint: AttestedCheckpoint,
  companions: readonly BundledCall[],
): Promise<L1BlobTransactionRequest> {
  const lane = pair.buildAhead;
  const { abi } = await artifacts.readArtifact("GuardedBundler");
  const question = encodeFunctionData({
    abi: guardAbi,
    functionName: "requireOpen",
    args: [checkpoint.slot, checkpoint.parent.archive],
  });
  const propose = { target: lane.rollup.address, callData: checkpoint.proposeCalldata, allowFailure: true };
  return {
    ...makeProposeTransaction(lane, checkpoint, pair.rescuer),
    to: pair.guardedBundler,
    data: encodeFunctionData({
      abi: abi as Abi,
      functionName: "aggregateGuarded",
      args: [lane.rollup.address, question, [propose, ...companions]],
    }),
  };
}
