import type { Circumstances, Identified } from "./record/recordId.ts";

/** One way to send a checkpoint, measured on the same checkpoint in the same state as all others. Gas, except for bytes. */
export interface FloorDesignRecord extends Identified, Circumstances {
  /** Its name, for people. */
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
