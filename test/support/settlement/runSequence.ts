import { slotAt } from "../../../harness/protocol/time.ts";
import { openShortEpochWorld, type ShortEpochOptions } from "../shortEpochs.ts";
import type { TestWorld } from "../world.ts";
import { act } from "./actions.ts";
import type { Tally } from "./counters.ts";
import { landLate, landOnTime } from "./landings.ts";
import type { SlotPlan } from "./plan.ts";
import type { ProofOptions } from "./proofs.ts";
import { SettlementRun } from "./settlementRun.ts";

interface SequenceOptions {
  /** Decides the content of checkpoints. */
  readonly seed: string;
  readonly plans: readonly SlotPlan[];
  readonly config?: ShortEpochOptions["config"];
  /** Whether each proof also runs as upstream would; default true. */
  readonly comparesWithUpstream?: boolean;
}

/** What is left of a sequence. */
interface SequenceResult {
  readonly world: TestWorld;
  readonly tally: Tally;
}

/** Takes the steps of a plan on a fresh network, slot by slot, and compares chain and books with the model after each. */
export async function runSequence(options: SequenceOptions): Promise<SequenceResult> {
  const { seed, plans, config, comparesWithUpstream = true } = options;
  const world = await openShortEpochWorld(seed, config === undefined ? {} : { config });
  const run = await SettlementRun.open(world);
  let slot = slotAt(world.rollup.timing, await world.chain.now()) + 1n;
  let before: SlotPlan | undefined;
  for (const plan of plans) {
    await runSlot(run, slot, plan, before, { comparesWithUpstream });
    before = plan;
    slot += 1n;
  }
  return { world, tally: run.tally };
}

/** @param before The previous slot's plan: if it was to land late, it does so now. */
async function runSlot(
  run: SettlementRun,
  slot: bigint,
  plan: SlotPlan,
  before: SlotPlan | undefined,
  options: ProofOptions,
): Promise<void> {
  if (before?.fate === "late") await landLate(run, slot - 1n, before);
  else await run.world.chain.mineAt(await run.notBefore(run.world.at(slot)));
  for (const action of plan.before) await act(run, action, options);
  if (plan.fate === "onTime" || plan.fate === "unattested") await landOnTime(run, slot, plan);
  for (const action of plan.after) await act(run, action, options);
}
