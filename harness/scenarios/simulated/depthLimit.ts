import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * Two checkpoints are under way and neither has landed: C has B's proposal and its quorum, and waits all the same, until A's is on L1. Nobody
 * but a patient stranger rescues, and the window is a whole slot long.
 */
export default defineScenario({
  title: "With two checkpoints not yet landed nobody builds a third; the next one begins when the first has landed",
  cast: "ABC",
  windows: ["open"],
  stage: {
    terms: { windowSeconds: 72 },
    l1: { censorship: [{ senders: ["A"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }] },
    nodes: {
      B: { rescues: [] },
      X: { rescues: [{ whose: "anybody", afterMs: 50_000, account: "X", isBundled: true }] },
    },
  },
  expect: () => ({
    onChain: ["s1 late +60s by X", "s2 late +0s by B", "s3"],
    begins: ["A s1 on genesis: fallback", "B s2 on s1: checkpoint-proposal", "C s3 on s2: checkpoint-proposal"],
    // C begins 204 s into the run, 23 s after B's last block, and not after the 10 that it would have taken otherwise.
    metrics: { onTime: 1, late: 2, lost: 0, depth: 2, discards: 0, deadZone: [14, 18] },
  }),
});
