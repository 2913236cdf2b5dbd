import { defineScenario } from "../../stage/simulatedScenario.ts";

/** `crossEpoch` is off: what misses the last slot of an epoch is lost, window or not, and C knows it when that slot's last block has passed. */
export default defineScenario({
  title: "The last slot of an epoch cannot be rescued, and nobody tries",
  cast: "AB|C",
  stage: { l1: { censorship: [{ senders: ["B"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }] } },
  expect: () => ({
    onChain: ["s1", "s3b"],
    begins: [
      "A s1 on genesis: fallback",
      "B s2 on s1: checkpoint-proposal",
      "C s3 on s2: checkpoint-proposal",
      "C s3b on s1: fallback",
    ],
    discards: ["B s2: slot-over", "C s3: hopeless"],
    metrics: { onTime: 2, late: 0, lost: 1, refused: 0, gasWasted: 0 },
  }),
});
