import { BuildAheadError } from "../../errors.ts";

/** An option of the benchmark that names nothing there is. */
export class BenchInputError extends BuildAheadError {}

/** A measurement that contradicts what the benchmark set up or the gas rules it reports: a figure that must not be published. */
export class BenchContradictionError extends BuildAheadError {}

/** A path that costs more than it may; see `goals.ts`. */
export class BenchGoalError extends BuildAheadError {}

/** Committed evidence that is missing or no evidence. */
export class EvidenceUnreadableError extends BuildAheadError {}

/** Figures that differ from the committed ones. */
export class GasDriftError extends BuildAheadError {}
