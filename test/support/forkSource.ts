import hardhat from "hardhat";

import { compactConfig } from "../../harness/differential/compactConfig.ts";
import { RpcSource } from "../../harness/l1/rpcSource.ts";
import type { NetworkConfig } from "../../harness/network/networkConfig.ts";
import { startForkSource, type ForkSource, type ForkSourceOptions } from "../../harness/rehearsal/fork/forkSource.ts";

/** Committees of 4, epochs of 16 slots, rounds of two epochs, governance in hours: what a rehearsal needs, and little more. */
function sourceConfig(): NetworkConfig {
  const config = compactConfig({ aztecEpochDuration: 16n, slashingRoundSize: 32n, slashingQuorum: 17n });
  return {
    ...config,
    governance: { ...config.governance, votingDuration: 7_200n },
    governanceProposer: { quorum: 17n, roundSize: 32n },
  };
}

/** Who lives in it. */
export const SMALL_SOURCE = { validators: 8, queued: 2 } as const;

/** A small network that was used for a while, behind an RPC of its own. Whoever starts it stops it. */
export function startSmallSource(options: Pick<ForkSourceOptions, "stateFile"> = {}): Promise<ForkSource> {
  return startForkSource(hardhat.artifacts, { config: sourceConfig(), ...SMALL_SOURCE, ...options });
}

/** Where a source stands now. */
export function pinned({ url }: Pick<ForkSource, "url">): Promise<RpcSource> {
  return RpcSource.open({ url });
}
