import { OPEN_TERMS } from "../network/deployBuildAhead.ts";
import { L1_BLOCK_MS } from "../sim/calendar.ts";
import { validatorAccount } from "../sim/ledger.ts";
import { makeSetup, type NodeTraits, type StageSetup } from "../stage/stageSetup.ts";
import type { SweepRun } from "./record/sweepPoint.ts";
import { UnknownWeatherError } from "./sweepErrors.ts";
import { SWEEP_WEATHERS } from "./weather.ts";

/** Nodes, each with a validator; all sit on every committee. Shares are whole numbers of them. */
export const SWEEP_NODES = 12;
/** Mainnet's: how often the last slot of an epoch, which nobody can rescue, comes round. */
const EPOCH_SLOTS = 32;
/** Who has no slot of its own and rescues for the cut. */
const STRANGER = "stranger";

/** The first ones by number: a larger share has all of a smaller one's. */
export function upgradedNodes({ share }: Pick<SweepRun, "share">): readonly string[] {
  return Array.from({ length: Math.round(share * SWEEP_NODES) }, (_, validator) => validatorAccount(validator));
}

/**
 * The stage of one run. Nodes that do not build ahead are v4.1.2's: they build on what L1 has, rescue nobody, and take back what has not landed
 * in its slot.
 * @throws UnknownWeatherError
 */
export function setUpRun(run: SweepRun): StageSetup {
  const { weather, windowSeconds, share, hasStranger, rescueAfterMs, seed, slots } = run;
  const chosen = SWEEP_WEATHERS[weather];
  if (chosen === undefined) throw new UnknownWeatherError(weather, Object.keys(SWEEP_WEATHERS));
  const upgraded = new Set(upgradedNodes({ share }));
  const base = makeSetup({
    seed,
    slots,
    epochSlots: EPOCH_SLOTS,
    committeeSize: SWEEP_NODES,
    validators: SWEEP_NODES,
    terms: { ...OPEN_TERMS, windowSeconds },
    userEveryMs: 6_000,
    provers: { prover: { provingMs: 60_000 } },
    traceLimit: 0,
  });
  const nodes: Record<string, Partial<NodeTraits>> = {};
  const rescue = { afterMs: rescueAfterMs, isBundled: true } as const;
  for (let validator = 0; validator < SWEEP_NODES; validator++) {
    const account = validatorAccount(validator);
    nodes[account] = upgraded.has(account)
      ? { rescues: [{ ...rescue, whose: "successor", account }] }
      : { buildsAhead: false, takesBackAtBoundary: true };
  }
  if (hasStranger) nodes[STRANGER] = { rescues: [{ ...rescue, whose: "anybody", account: STRANGER }] };
  const l1Blocks = ((slots + 3) * base.durations.slot * 1000) / L1_BLOCK_MS;
  return makeSetup(base, chosen.changes(seed, l1Blocks), { nodes });
}
