import { defineScenario } from "../../stage/simulatedScenario.ts";

/** Gossip takes all of its budget of 2 s, and every proposer builds for as long as it may. */
export default defineScenario({
  title: "Build Ahead on a calm day: ten blocks a slot, and ten seconds in which nobody builds",
  cast: "ABCD",
  slots: 7,
  stage: { gossip: { delay: { kind: "fixed", ms: 2_000 } }, epochSlots: 16 },
  expect: () => ({
    onChain: ["s1", "s2", "s3", "s4", "s5", "s6", "s7"],
    metrics: { onTime: 7, lost: 0, blocksPerSlot: [10, 10.2], deadZone: [8, 10] },
  }),
});
