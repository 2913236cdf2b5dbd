import { BuildAheadError } from "../errors.ts";

/** The ledger was asked for something that L1 cannot tell it. */
export class AccountingError extends BuildAheadError {}

/** Money was created or lost. All sums are in fee token units (1e18). */
export class ConservationError extends BuildAheadError {}
