import { defineScenario } from "../../stage/simulatedScenario.ts";

/** L1 misses the blocks that A's transaction was sent for. The next one belongs to B's slot. */
export default defineScenario({
  title: "A proposer's own transaction is mined in the first L1 block of the next slot",
  cast: "ABC",
  stage: { l1: { missedAt: [120_000, 132_000] } },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +0s by A", "s2", "s3"],
          metrics: { onTime: 2, late: 1, lost: 0, displaced: 0, refused: 0, softReorgs: 0, landedBy: { own: 3 } },
        }
      : {
          onChain: ["s2b", "s3"],
          discards: ["B s2: hopeless", "A s1: slot-over"],
          metrics: { onTime: 2, late: 0, lost: 1, softReorgs: 2 },
        },
});
