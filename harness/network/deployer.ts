import type { LocalAccount } from "viem";

import type { Artifacts } from "../hardhatRuntime.ts";
import type { L1Chain } from "../l1/l1Chain.ts";

/** Who deploys contracts, on which chain, and from which build. */
export interface Deployer {
  readonly chain: L1Chain;
  readonly account: LocalAccount;
  readonly artifacts: Artifacts;
}
