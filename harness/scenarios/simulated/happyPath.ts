import { defineScenario } from "../../stage/simulatedScenario.ts";

/** Nothing goes wrong: everybody builds ahead on the predecessor's proposal, and the window is never needed. */
export default defineScenario({
  title: "Every proposer builds ahead on its predecessor's checkpoint, and all of them land on time",
  cast: "ABC",
  expect: () => ({
    onChain: ["s1", "s2", "s3"],
    begins: ["A s1 on genesis: fallback", "B s2 on s1: checkpoint-proposal", "C s3 on s2: checkpoint-proposal"],
    metrics: { onTime: 3, late: 0, lost: 0, displaced: 0, softReorgs: 0, gasWasted: 0, depth: 2, landedBy: { own: 3 } },
  }),
});
