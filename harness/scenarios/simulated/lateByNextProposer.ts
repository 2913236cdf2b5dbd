import { defineScenario } from "../../stage/simulatedScenario.ts";

/** No builder takes A's transaction. With the window open B lands A's checkpoint before its own, with it closed A's work is lost. */
export default defineScenario({
  title: "The next proposer lands its predecessor's checkpoint, and its own on top of it",
  cast: "ABC",
  stage: { l1: { censorship: [{ senders: ["A"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }] } },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +12s by B", "s2", "s3"],
          metrics: {
            onTime: 2,
            late: 1,
            lost: 0,
            displaced: 0,
            discards: 0,
            softReorgs: 0,
            landedBy: { own: 2, next: 1 },
          },
        }
      : {
          onChain: ["s2b", "s3"],
          begins: [
            "A s1 on genesis: fallback",
            "B s2 on s1: checkpoint-proposal",
            "B s2b on genesis: fallback",
            "C s3 on s2b: checkpoint-proposal",
          ],
          discards: ["B s2: hopeless", "A s1: slot-over"],
          metrics: { onTime: 2, late: 0, lost: 1, softReorgs: 2 },
        },
});
