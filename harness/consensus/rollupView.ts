import type { AztecDeployment } from "../network/deployment.ts";

/** A rollup version and the chain it lives on: all that a node needs to know of L1. */
export type RollupView = Pick<AztecDeployment, "chain" | "rollup">;
