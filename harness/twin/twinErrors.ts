import { BuildAheadError } from "../errors.ts";

/** The two chains are not, or no longer, the same but for the code of the rollup. */
export class TwinMismatchError extends BuildAheadError {}
