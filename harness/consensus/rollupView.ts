import type { L1Node } from "../l1/l1Node.ts";
import type { Rollup } from "../network/rollup.ts";

/** A rollup version and the node through which it is seen: all that a participant needs to know of L1. */
export interface RollupView {
  readonly chain: L1Node;
  readonly rollup: Rollup;
}
