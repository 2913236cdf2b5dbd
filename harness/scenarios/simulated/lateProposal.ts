import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * A keeps its proposal back until the committee can attest only after B has begun elsewhere. With the window open A lands in the first L1
 * block of B's slot, B's first blocks come to nothing, and B builds the rest of its slot on A's checkpoint. With it closed A has only hurt
 * itself.
 */
export default defineScenario({
  title: "A proposal is delayed until its quorum is complete just after the successor has begun without it",
  cast: "ABC",
  stage: {
    gossip: {
      rules: [{ topics: ["checkpoint_proposal"], authors: ["A"], slots: [1, 1], effect: { delayMs: 17_000 } }],
    },
  },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +0s by A", "s2b", "s3"],
          begins: [
            "A s1 on genesis: fallback",
            "B s2 on genesis: fallback",
            "B s2b on s1: fallback",
            "C s3 on s2b: checkpoint-proposal",
          ],
          discards: ["B s2: hopeless"],
          metrics: {
            onTime: 2,
            late: 1,
            lost: 0,
            displaced: 1,
            softReorgs: 1,
            softReorgedBlocks: 1,
            landedBy: { own: 3 },
          },
        }
      : {
          onChain: ["s2", "s3"],
          begins: ["A s1 on genesis: fallback", "B s2 on genesis: fallback", "C s3 on s2: checkpoint-proposal"],
          discards: ["A s1: hopeless"],
          metrics: { onTime: 2, late: 0, lost: 1, displaced: 0, softReorgs: 1 },
        },
});
