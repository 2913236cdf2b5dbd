import { DEFAULT_PUBLISHER } from "../../actors/publisher.ts";
import { defineScenario } from "../../stage/simulatedScenario.ts";

/** Pays more than the others do, and is mined first. */
const EAGER = { ...DEFAULT_PUBLISHER, priorityFee: 10 * DEFAULT_PUBLISHER.priorityFee };

/**
 * B and two strangers send A's checkpoint for the same L1 block. The best payer lands it; the two others are turned away at the first
 * check, whether they come through Multicall3 (B) or directly (Y), and nobody tries again.
 */
export default defineScenario({
  title: "Three rescuers race for one L1 block, and the two that lose pay little",
  cast: "ABC",
  stage: {
    l1: { censorship: [{ senders: ["A"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }] },
    nodes: {
      X: { rescues: [{ whose: "anybody", afterMs: 3_000, account: "X", isBundled: true }], publisher: EAGER },
      Y: { rescues: [{ whose: "anybody", afterMs: 3_000, account: "Y", isBundled: false }] },
    },
  },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +12s by X", "s2", "s3"],
          begins: ["A s1 on genesis: fallback", "B s2 on s1: checkpoint-proposal", "C s3 on s2: checkpoint-proposal"],
          refusals: ["B s1 rescue: Rollup__SlotAlreadyInChain", "Y s1 rescue: Rollup__SlotAlreadyInChain"],
          metrics: {
            onTime: 2,
            late: 1,
            lost: 0,
            displaced: 0,
            softReorgs: 0,
            refused: 2,
            // Turned away at the first check, and nothing like the 450,000 gas of a landing.
            gasWasted: [100_000, 140_000],
            landedBy: { own: 2, next: 0, other: 1 },
          },
        }
      : {
          onChain: ["s2b", "s3"],
          discards: ["B s2: hopeless", "A s1: slot-over"],
          metrics: { onTime: 2, late: 0, lost: 1, softReorgs: 2, refused: 0, gasWasted: 0 },
        },
});
