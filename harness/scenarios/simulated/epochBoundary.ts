import { defineScenario } from "../../stage/simulatedScenario.ts";

/** B's slot is the last of its epoch, C's the first of the next. The old committee's attestations stay valid, and C builds ahead on them. */
export default defineScenario({
  title: "A proposer builds ahead over the boundary of an epoch, on attestations of the old committee",
  cast: "AB|C",
  expect: () => ({
    onChain: ["s1", "s2", "s3"],
    begins: ["A s1 on genesis: fallback", "B s2 on s1: checkpoint-proposal", "C s3 on s2: checkpoint-proposal"],
    metrics: { onTime: 3, late: 0, lost: 0, discards: 0 },
  }),
});
