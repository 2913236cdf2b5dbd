import { BuildAheadError } from "../errors.ts";

/** Thrown when a report asks the evidence for what it does not have. */
export class SweepRowError extends BuildAheadError {}
