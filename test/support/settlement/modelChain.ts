import type { Address } from "viem";

import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { logPlace, recordPlace } from "../../../harness/protocol/rings.ts";
import { epochAt, isAcceptingProofs, type RollupTiming } from "../../../harness/protocol/time.ts";

/** A late landing as the model remembers it: what `getLateSubmission` is to say. */
export interface ModelRecord {
  readonly slot: bigint;
  readonly checkpointNumber: bigint;
  readonly submitter: Address;
  readonly originalProposer: Address;
  readonly submitterBps: bigint;
  readonly burnBps: bigint;
  readonly delay: bigint;
  isSettled: boolean;
}

export interface ModelCheckpoint {
  readonly checkpoint: AttestedCheckpoint;
  readonly isUnattested: boolean;
  /** Only of one that landed late. */
  readonly record?: ModelRecord;
}

/** The chain of checkpoints, its proofs and its records as the specification has them. Nothing in it is read from L1. */
export class ModelChain {
  readonly #timing: RollupTiming;
  /** Checkpoint 1 is the first. */
  #checkpoints: readonly ModelCheckpoint[] = [];
  #proven = 0;
  /** Which checkpoint was the last to write each log of upstream's ring; an invalidated one leaves its log behind. */
  readonly #logs = new Map<bigint, bigint>();
  readonly #records = new Map<bigint, ModelRecord>();
  readonly #provenLengths = new Map<bigint, number>();
  readonly #submissions = new Set<string>();

  constructor(timing: RollupTiming) {
    this.#timing = timing;
  }

  get checkpoints(): readonly ModelCheckpoint[] {
    return this.#checkpoints;
  }

  /** Those above the proven tip. */
  get unproven(): readonly ModelCheckpoint[] {
    return this.#checkpoints.slice(this.#proven);
  }

  /** How many of them are proven. */
  get proven(): number {
    return this.#proven;
  }

  get records(): readonly ModelRecord[] {
    return [...this.#records.values()];
  }

  // ---- time ----

  isAccepting(epoch: bigint, timestamp: bigint): boolean {
    return isAcceptingProofs(this.#timing, epoch, epochAt(this.#timing, timestamp));
  }

  isPrunable(timestamp: bigint): boolean {
    const [oldest] = this.unproven;
    return oldest !== undefined && !this.isAccepting(oldest.checkpoint.epoch, timestamp);
  }

  // ---- what happens ----

  /** A checkpoint lands, on what is left after a prune. Returns what the prune removed. */
  land(landed: ModelCheckpoint, timestamp: bigint): readonly ModelCheckpoint[] {
    const pruned = this.isPrunable(timestamp) ? this.unproven : [];
    this.#checkpoints = [...this.#checkpoints.slice(0, this.#checkpoints.length - pruned.length), landed];
    const { number } = landed.checkpoint;
    this.#logs.set(logPlace(this.#timing, number), number);
    return pruned;
  }

  /** Keeps a record. Returns the one whose place it took. */
  record(record: ModelRecord): ModelRecord | undefined {
    const place = recordPlace(this.#timing, record.slot);
    const overwritten = this.#records.get(place);
    this.#records.set(place, record);
    return overwritten;
  }

  /** An unproven checkpoint is invalidated. Returns it, and all that was on top of it. */
  removeFrom(target: ModelCheckpoint): readonly ModelCheckpoint[] {
    const index = this.#checkpoints.indexOf(target);
    const removed = this.#checkpoints.slice(index);
    this.#checkpoints = this.#checkpoints.slice(0, index);
    return removed;
  }

  /** A prover proves a run from its epoch's first checkpoint on. */
  prove(epoch: bigint, run: readonly ModelCheckpoint[], prover: Address): void {
    this.#submissions.add(submission(epoch, run.length, prover));
    this.#provenLengths.set(epoch, Math.max(this.provenLength(epoch), run.length));
    this.#proven = Math.max(this.#proven, Number(run.at(-1)?.checkpoint.number ?? 0n));
  }

  // ---- what is the case ----

  ofEpoch(epoch: bigint): readonly ModelCheckpoint[] {
    return this.#checkpoints.filter(({ checkpoint }) => checkpoint.epoch === epoch);
  }

  /** How many of an epoch's checkpoints are proven. */
  provenLength(epoch: bigint): number {
    return this.#provenLengths.get(epoch) ?? 0;
  }

  /** Whether the prover has proven just that before. */
  isSubmitted(epoch: bigint, length: number, prover: Address): boolean {
    return this.#submissions.has(submission(epoch, length, prover));
  }

  /** Epochs whose first checkpoint builds on the proven chain and that accept proofs, in order. */
  provableEpochs(timestamp: bigint): readonly bigint[] {
    const epochs = [...new Set(this.#checkpoints.map(({ checkpoint }) => checkpoint.epoch))];
    return epochs.filter((epoch) => {
      const first = this.#checkpoints.findIndex(({ checkpoint }) => checkpoint.epoch === epoch);
      return first <= this.#proven && this.isAccepting(epoch, timestamp);
    });
  }

  hasLog(number: bigint): boolean {
    return this.#logs.get(logPlace(this.#timing, number)) === number;
  }

  /** A record is readable as long as it is in the ring and its checkpoint is in the chain, or was settled. */
  isReadable({ slot, checkpointNumber: number, isSettled }: ModelRecord): boolean {
    return isSettled || (this.hasLog(number) && this.#checkpoints[Number(number) - 1]?.checkpoint.slot === slot);
  }
}

function submission(epoch: bigint, length: number, prover: Address): string {
  return `${epoch}/${length}/${prover}`;
}
