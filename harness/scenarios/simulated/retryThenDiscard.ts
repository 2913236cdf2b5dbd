import { defineScenario } from "../../stage/simulatedScenario.ts";

/** B tries twice and is passed over twice: there is no third try. What stood on A's checkpoint goes, and B begins again, with little time. */
export default defineScenario({
  title: "A rescue fails twice; the rescuer discards what it has built on it and starts again on the confirmed tip",
  cast: "ABC",
  windows: ["open"],
  stage: {
    terms: { windowSeconds: 36 },
    l1: {
      censorship: [
        { senders: ["A"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER },
        { senders: ["B"], fromMs: 156_000, toMs: 168_000 },
      ],
    },
  },
  expect: () => ({
    onChain: ["s2b", "s3"],
    begins: [
      "A s1 on genesis: fallback",
      "B s2 on s1: checkpoint-proposal",
      "B s2b on genesis: fallback",
      "C s3 on s2b: checkpoint-proposal",
    ],
    discards: ["A s1: slot-over", "B s2: hopeless"],
    metrics: { onTime: 2, late: 0, lost: 1, softReorgs: 2, refused: 0 },
  }),
});
