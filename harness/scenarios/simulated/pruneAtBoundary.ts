import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * Nobody proves the first epoch, and the second one ends: from the first second of the third, everything above the proven tip can be pruned.
 * A has the last slot before that, and its transaction slips over the boundary. The window is open there, across epochs too, and the
 * checkpoint fails all the same: what it stands on is pruned within the same call. Nobody tries to rescue it. Whoever comes
 * next has seen that coming, and begins on the proven tip.
 */
export default defineScenario({
  title: "A late checkpoint cannot land where its parent can be pruned",
  cast: ".|.BCA",
  slots: 6,
  stage: {
    epochSlots: 4,
    terms: { crossEpoch: true },
    l1: { missedAt: [408_000, 420_000] },
  },
  expect: (window) => ({
    onChain: ["s6"],
    // B and C had landed, and remember.
    discards: ["A s5: slot-over", "B s3: slot-over", "C s4: slot-over"],
    refusals: window === "open" ? ["A s5: Rollup__InvalidArchive"] : [],
    metrics: { onTime: 1, late: 0, lost: 5, triggers: { fallback: 2 }, softReorgs: 5 },
  }),
});
