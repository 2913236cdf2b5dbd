import { defineScenario } from "../../stage/simulatedScenario.ts";

/** A is not there, and the L1 block that B would go by is missed: B waits four seconds for it and begins without, one block the poorer. */
export default defineScenario({
  title: "The early start does not wait for ever for an L1 block that was missed",
  cast: "ABC",
  stage: {
    l1: { missedAt: [132_000] },
    nodes: { A: { downtimes: [{ fromMs: 0, toMs: 144_000 }] } },
  },
  expect: () => ({
    onChain: ["s2", "s3"],
    begins: ["B s2 on genesis: fallback", "C s3 on s2: checkpoint-proposal"],
    // Seven blocks, then ten or eleven.
    metrics: { onTime: 2, lost: 1, discards: 0, blocksPerSlot: [8.5, 9] },
  }),
});
