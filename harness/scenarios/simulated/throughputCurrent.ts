import { defineScenario } from "../../stage/simulatedScenario.ts";

/** What `throughput` is to be compared with: nobody builds ahead. */
export default defineScenario({
  title: "Upstream's pipeline on a calm day: eight blocks a slot, and 24 seconds in which nobody builds",
  cast: "ABCD",
  slots: 7,
  stage: { mode: "current", gossip: { delay: { kind: "fixed", ms: 2_000 } }, epochSlots: 16 },
  expect: () => ({
    onChain: ["s1", "s2", "s3", "s4", "s5", "s6", "s7"],
    metrics: { onTime: 7, lost: 0, blocksPerSlot: 8, deadZone: 24, depth: 1, triggers: { "confirmed-tip": 7 } },
  }),
});
