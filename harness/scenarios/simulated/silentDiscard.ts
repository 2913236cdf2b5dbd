import { defineScenario } from "../../stage/simulatedScenario.ts";

/** A's committee never answers: what B has built on A's checkpoint stays at home, and no user ever saw it. */
export default defineScenario({
  title: "The predecessor's quorum never comes; the successor discards in silence and starts again",
  cast: "ABC",
  stage: {
    gossip: { rules: [{ topics: ["checkpoint_attestation"], slots: [1, 1], effect: "withhold" }] },
  },
  expect: (window) => ({
    onChain: ["s2b", "s3"],
    begins: [
      "A s1 on genesis: fallback",
      "B s2 on s1: checkpoint-proposal",
      "B s2b on genesis: fallback",
      "C s3 on s2b: checkpoint-proposal",
    ],
    discards: ["B s2: no-quorum, silent", window === "open" ? "A s1: slot-over" : "A s1: hopeless"],
    metrics: { onTime: 2, late: 0, lost: 1, displaced: 0, silentDiscards: 1, softReorgs: 1 },
  }),
});
