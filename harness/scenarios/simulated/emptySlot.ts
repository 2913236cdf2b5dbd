import { defineScenario } from "../../stage/simulatedScenario.ts";

/** A is not there at all. Without a liveness timeout B begins when it would have without Build Ahead, and nothing is lost but the slot. */
export default defineScenario({
  title: "A slot stays empty; the next proposer begins at the early start, on the confirmed tip",
  cast: "ABC",
  stage: { nodes: { A: { downtimes: [{ fromMs: 0, toMs: 144_000 }] } } },
  expect: () => ({
    onChain: ["s2", "s3"],
    begins: ["B s2 on genesis: fallback", "C s3 on s2: checkpoint-proposal"],
    metrics: { onTime: 2, late: 0, lost: 1, discards: 0, softReorgs: 0 },
  }),
});
