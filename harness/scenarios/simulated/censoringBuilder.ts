import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * A builder leaves A's punctual transaction out until A's slot is over, and lands the checkpoint itself in the next slot's first block, where
 * the auction pays least. Nothing else is lost; what A loses and the builder gets is in the terms.
 */
export default defineScenario({
  title: "A builder censors a punctual transaction and rescues the checkpoint itself",
  cast: "ABC",
  stage: {
    l1: { censorship: [{ senders: ["A"], fromMs: 0, toMs: 144_000 }] },
    nodes: { builder: { rescues: [{ whose: "anybody", afterMs: -2_000, account: "builder", isBundled: true }] } },
  },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +0s by builder", "s2", "s3"],
          metrics: { onTime: 2, late: 1, lost: 0, refused: 0, discards: 0, landedBy: { own: 2, other: 1 } },
        }
      : {
          onChain: ["s2b", "s3"],
          discards: ["A s1: slot-over", "B s2: hopeless"],
          metrics: { onTime: 2, late: 0, lost: 1 },
        },
});
