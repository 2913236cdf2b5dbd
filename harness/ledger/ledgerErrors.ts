import { BuildAheadError } from "../errors.ts";
import type { CheckpointId } from "../sim/ledger.ts";

/** A transaction or a child names a checkpoint that was never built. */
export class UnknownCheckpointError extends BuildAheadError {
  constructor(id: CheckpointId) {
    super("This checkpoint was never built", { fields: { id } });
  }
}

/** A run asks for more than was prepared, or for what cannot be. */
export class InvalidLedgerCallError extends BuildAheadError {}

/** What the logs of L1 told does not agree with what its contracts say: a fault of the ledger. */
export class LedgerMismatchError extends BuildAheadError {}
