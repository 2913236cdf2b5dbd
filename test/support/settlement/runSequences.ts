import type { UpgradedNetwork } from "../../../harness/network/upgradeToBuildAhead.ts";
import type { RollupConfig } from "../../../harness/upstream/rollupConfig.ts";
import { drawPlans } from "./plan.ts";
import { SettlementWorld, type Counter } from "./settlementWorld.ts";
import { shortEpochNetwork } from "../shortEpochs.ts";

export interface SequenceOptions {
  readonly seed: number;
  readonly sequences: number;
  /** Slots of each sequence. */
  readonly slots: number;
  readonly config?: Partial<RollupConfig>;
  readonly comparesWithUpstream?: boolean;
  /** Looks at the chain when a sequence is over. */
  readonly afterwards?: (network: UpgradedNetwork) => Promise<void>;
}

/** Runs random sequences, each on a fresh network, and adds up what happened in them. */
export async function runSequences(options: SequenceOptions): Promise<ReadonlyMap<Counter, number>> {
  const { seed, sequences, slots, config, comparesWithUpstream = true, afterwards } = options;
  const totals = new Map<Counter, number>();
  for (const [index, plans] of drawPlans(seed, sequences, slots).entries()) {
    const network = await shortEpochNetwork(config);
    const world = await SettlementWorld.open(network, { seed: `sequence ${seed}/${index}`, comparesWithUpstream });
    await world.run(plans);
    await afterwards?.(network);
    for (const [counter, count] of world.counters) totals.set(counter, (totals.get(counter) ?? 0) + count);
  }
  return totals;
}
