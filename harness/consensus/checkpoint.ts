import type { Address, Hex } from "viem";

import { epochOfSlot, slotStart } from "../protocol/time.ts";
import { computePayloadDigest, makePayload } from "../upstream/digests.ts";
import { makeHeader, type HeaderFields } from "../upstream/header.ts";
import type { ProposeArgs } from "../upstream/propose.ts";
import type { CheckpointHeader, ConsensusPayload } from "../upstream/stdlib.ts";
import { makeBlobs, type CheckpointBlobs } from "./blobs.ts";
import type { CheckpointTip } from "./checkpointTip.ts";
import { InvalidCheckpointError } from "./consensusErrors.ts";
import { deriveField } from "./deriveField.ts";
import { readInHash } from "./inHash.ts";
import { quoteFee, readManaTarget } from "./quoteFee.ts";
import type { RollupView } from "./rollupView.ts";
import { executeSynthetically } from "./syntheticExecution.ts";

export interface BuildCheckpointOptions {
  readonly slot: bigint;
  /** From `readTip`, or a checkpoint that was built here and has not landed. */
  readonly parent: CheckpointTip;
  /** Decides the content; see `executeSynthetically`. */
  readonly seed: string;
  /** Who is paid. */
  readonly coinbase: Address;
  /** Default: the target, so that congestion neither grows nor shrinks. */
  readonly manaUsed?: bigint | undefined;
  /** 1 to 6; default 1. */
  readonly blobCount?: number | undefined;
  /** Data to carry instead of the content's own: spares the commitments (40 ms per blob), and decodes to something else. */
  readonly blobs?: CheckpointBlobs | undefined;
  /** Basis points, within 100 of zero; default 0. */
  readonly feeAssetPriceModifier?: bigint | undefined;
  /** Header fields to falsify, after everything else was derived. */
  readonly header?: Partial<HeaderFields> | undefined;
}

/** A checkpoint that its builder could gossip: complete but for the committee's signatures. */
export interface Checkpoint extends CheckpointTip, CheckpointBlobs {
  readonly parent: CheckpointTip;
  readonly epoch: bigint;
  readonly header: CheckpointHeader;
  readonly payload: ConsensusPayload;
  /** L1's `payloadDigest`. */
  readonly digest: Hex;
  readonly proposeArgs: ProposeArgs;
  /** False: a message sent to L1's inbox before the parent lands would change `inHash`, and this checkpoint could not land. */
  readonly isInHashFinal: boolean;
}

/**
 * Builds the checkpoint of a slot on a parent that may not have landed yet: everything the header commits to is taken from
 * the slot, the parent and L1's state now. Signs nothing, sends nothing.
 *
 * @throws InvalidCheckpointError when the slot is not after the parent's.
 */
export async function buildCheckpoint(view: RollupView, options: BuildCheckpointOptions): Promise<Checkpoint> {
  const { slot, parent, seed, coinbase, blobCount = 1, feeAssetPriceModifier = 0n } = options;
  const { rollup } = view;
  if (slot <= parent.slot) {
    throw new InvalidCheckpointError("A checkpoint's slot must be after its parent's", {
      fields: { slot, parentSlot: parent.slot, parentNumber: parent.number },
    });
  }
  const number = parent.number + 1n;
  const manaTarget = await readManaTarget(view);
  const manaUsed = options.manaUsed ?? manaTarget;
  const timestamp = slotStart(rollup.timing, slot);
  const executed = executeSynthetically({
    seed,
    number,
    slot,
    timestamp,
    parentArchive: parent.archive,
    manaUsed,
    blobCount,
  });
  const blobs = options.blobs ?? (await makeBlobs(executed.blobFields));
  const { inHash, isFinal } = await readInHash(view, number);
  const { feePerMana, feeHeader } = await quoteFee(view, {
    parent,
    timestamp,
    manaTarget,
    manaUsed,
    feeAssetPriceModifier,
  });
  const header = makeHeader({
    lastArchiveRoot: parent.archive,
    blockHeadersHash: executed.blockHeadersHash,
    blobsHash: blobs.blobsHash,
    inHash,
    slotNumber: slot,
    timestamp,
    coinbase,
    feeRecipient: deriveField("fee recipient", coinbase).toString(),
    gasFees: { feePerDaGas: 0n, feePerL2Gas: feePerMana },
    totalManaUsed: manaUsed,
    ...options.header,
  });
  const { archive } = executed;
  const payload = makePayload(header, archive, feeAssetPriceModifier);
  return {
    ...blobs,
    number,
    slot,
    epoch: epochOfSlot(rollup.timing, slot),
    parent,
    archive,
    feeHeader,
    header,
    payload,
    digest: computePayloadDigest(payload),
    proposeArgs: { archive, oracleInput: { feeAssetPriceModifier }, header: header.toViem() },
    isInHashFinal: isFinal,
  };
}
