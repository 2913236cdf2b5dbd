import { BuildAheadError } from "../errors.ts";

/** A checkpoint, or a run of them, that no node would publish because it contradicts itself. */
export class InvalidCheckpointError extends BuildAheadError {}

/** A transaction in which v4.1.2's archiver finds no checkpoint: every node would stop there. */
export class UnreadableCheckpointError extends BuildAheadError {}
