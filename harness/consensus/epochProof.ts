import type { Address, Hex } from "viem";

import { BatchedBlobAccumulator, getEthBlobEvaluationInputs, type BatchedBlob } from "../upstream/blobLib.ts";
import { MAX_CHECKPOINTS_PER_EPOCH } from "../upstream/constants.ts";
import { encodeEpochProof, encodeFees, type CheckpointFee, type EpochProofArgs } from "../upstream/epochProofArgs.ts";
import { preparePoseidon } from "../upstream/poseidon.ts";
import type { AttestedCheckpoint } from "./attestedCheckpoint.ts";
import type { CheckpointBlobs } from "./blobs.ts";
import { InvalidCheckpointError } from "./consensusErrors.ts";

export interface EpochProofOptions {
  /** From the epoch's first to the last one to be proven, without gaps; a prefix of the epoch is enough. */
  readonly checkpoints: readonly AttestedCheckpoint[];
  readonly prover: Address;
  /** Default {@link computeFee}. */
  readonly fee?: (checkpoint: AttestedCheckpoint) => CheckpointFee;
  /** Default: any bytes; the mock verifier reads none. */
  readonly proof?: Hex;
  /** Proves nothing about the blobs: for tests that must be refused. */
  readonly blobInputs?: Hex;
}

export interface EpochProof {
  readonly args: EpochProofArgs;
  readonly calldata: Hex;
}

/** Everybody paid exactly the minimum: mana times fee per mana, to the coinbase. */
export function computeFee({ header }: AttestedCheckpoint): CheckpointFee {
  return {
    recipient: header.coinbase.toString(),
    value: header.totalManaUsed.toBigInt() * header.gasFees.feePerL2Gas,
  };
}

/**
 * Assembles an epoch proof, with a real opening of all its blobs at once. Only the circuits are missing: upstream's mock
 * verifier stands in for them.
 *
 * @throws InvalidCheckpointError when the checkpoints are no run, or more than an epoch can have.
 */
export async function buildEpochProof(options: EpochProofOptions): Promise<EpochProof> {
  const { checkpoints, prover, fee = computeFee, proof = "0x00" } = options;
  const [first] = checkpoints;
  const last = checkpoints.at(-1);
  if (first === undefined || last === undefined || checkpoints.length > MAX_CHECKPOINTS_PER_EPOCH) {
    throw new InvalidCheckpointError("An epoch proof takes between one checkpoint and an epoch of them", {
      fields: { checkpoints: checkpoints.length, maximum: MAX_CHECKPOINTS_PER_EPOCH },
    });
  }
  checkpoints.slice(1).forEach((checkpoint, index) => {
    const parent = checkpoints[index] as AttestedCheckpoint;
    if (checkpoint.parent.archive === parent.archive && checkpoint.epoch === parent.epoch) return;
    throw new InvalidCheckpointError("An epoch proof takes a run of checkpoints of one epoch", {
      fields: { number: checkpoint.number, epoch: checkpoint.epoch, parent: parent.number, parentEpoch: parent.epoch },
    });
  });
  const args: EpochProofArgs = {
    start: first.number,
    end: last.number,
    args: {
      previousArchive: first.parent.archive,
      endArchive: last.archive,
      outHash: last.header.epochOutHash.toString(),
      proverId: prover,
    },
    fees: encodeFees(checkpoints.map(fee)),
    attestations: last.attestations,
    blobInputs: options.blobInputs ?? (await proveBlobsOfEpoch(checkpoints)),
    proof,
  };
  return { args, calldata: encodeEpochProof(args) };
}

/** Openings of checkpoints that all carry the same data, by that data and their number: long simulations open nothing else. */
const repeatedOpenings = new WeakMap<CheckpointBlobs["fields"], Map<number, Promise<Hex>>>();

/** Input of the point evaluation precompile for all blobs of a run of checkpoints. */
export function proveBlobsOfEpoch(checkpoints: readonly AttestedCheckpoint[]): Promise<Hex> {
  const [first] = checkpoints;
  if (first === undefined || !checkpoints.every(({ fields }) => fields === first.fields)) return openBlobs(checkpoints);
  const openings = repeatedOpenings.get(first.fields) ?? new Map<number, Promise<Hex>>();
  const opening = openings.get(checkpoints.length) ?? openBlobs(checkpoints);
  repeatedOpenings.set(first.fields, openings.set(checkpoints.length, opening));
  return opening;
}

async function openBlobs(checkpoints: readonly AttestedCheckpoint[]): Promise<Hex> {
  return getEthBlobEvaluationInputs(await batchBlobs(checkpoints));
}

/** The opening of all blobs of a run of checkpoints at one point, as the circuits would combine them. */
export async function batchBlobs(checkpoints: readonly AttestedCheckpoint[]): Promise<BatchedBlob> {
  await preparePoseidon();
  return BatchedBlobAccumulator.batch(checkpoints.map(({ fields }) => [...fields]));
}
