import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * B runs upstream's software: it knows only what is on L1, builds on the tip before A's checkpoint, and when that lands late it goes on with
 * what cannot land. With the window closed it is A that has lost, and B's checkpoint stands.
 */
export default defineScenario({
  title: "The successor knows nothing of Build Ahead; a late landing costs it its whole slot",
  cast: "ABC",
  stage: { l1: { missedAt: [120_000, 132_000] }, nodes: { B: { buildsAhead: false } } },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +0s by A", "s3"],
          discards: ["B s2: hopeless"],
          metrics: { onTime: 1, late: 1, lost: 1, displaced: 1, refused: 0 },
        }
      : {
          onChain: ["s2", "s3"],
          discards: ["A s1: slot-over"],
          metrics: { onTime: 2, late: 0, lost: 1, displaced: 0, refused: 0 },
        },
});
