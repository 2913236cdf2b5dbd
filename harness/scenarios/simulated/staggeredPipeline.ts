import { defineScenario } from "../../stage/simulatedScenario.ts";

/** AZIP-6: built in the slot before, published in its own. Nobody waits for a quorum before the next one begins. */
export default defineScenario({
  title: "Fully staggered: every checkpoint is built in one slot and published in the next, eleven blocks each",
  cast: "ABCD",
  slots: 7,
  stage: { mode: "staggered", gossip: { delay: { kind: "fixed", ms: 2_000 } }, epochSlots: 16 },
  expect: () => ({
    onChain: ["s1", "s2", "s3", "s4", "s5", "s6", "s7"],
    metrics: { onTime: 7, lost: 0, blocksPerSlot: 11, depth: 2 },
  }),
});
