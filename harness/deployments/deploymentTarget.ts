import type { Address } from "viem";

import type { Artifacts } from "../hardhatRuntime.ts";
import type { L1Provider } from "../l1/l1Backend.ts";
import type { L1Node } from "../l1/l1Node.ts";

/** Where a deployment goes, and with what. */
export interface DeploymentTarget {
  /** The network's name in Hardhat's configuration. */
  readonly network: string;
  readonly node: L1Node;
  /** Answers `eth_sendTransaction` for the sender: it signs itself, or its node does. */
  readonly provider: L1Provider;
  readonly sender: Address;
  readonly artifacts: Artifacts;
  /** L1 blocks on top of a transaction, its own included, before the next one is sent. */
  readonly confirmations: number;
  /** Milliseconds between looks at the chain. */
  readonly pollingInterval: number;
  /** Seconds without a new L1 block after which waiting for a transaction is given up. */
  readonly blockPatience: number;
  /** Milliseconds of real time, since whenever: a live node keeps nobody else's. */
  readonly clock: () => number;
}
