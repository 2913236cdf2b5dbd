import { defineScenario } from "../../stage/simulatedScenario.ts";

/** A has two slots in a row: it waits for nobody, and goes on building as soon as its first checkpoint is assembled. */
export default defineScenario({
  title: "One proposer has consecutive slots and goes on building without ceremony",
  cast: "AAB",
  expect: () => ({
    onChain: ["s1", "s2", "s3"],
    begins: ["A s1 on genesis: fallback", "A s2 on s1: same-proposer", "B s3 on s2: checkpoint-proposal"],
    metrics: { onTime: 3, late: 0, lost: 0, discards: 0, triggers: { "same-proposer": 1 } },
  }),
});
