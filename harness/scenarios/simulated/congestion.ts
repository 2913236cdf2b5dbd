import { QUIET_DEMAND } from "../../sim/demand.ts";
import { defineScenario } from "../../stage/simulatedScenario.ts";

/** The blocks from 120 s to 132 s are full, and who wants in pays more than A offers. */
const SPIKE = { from: 10, to: 12, marginalTip: 5_000_000_000 };

/** Fees spike in the last blocks of A's slot. A's transaction is a block late, as it was sent. */
export default defineScenario({
  title: "L1 is congested at the end of a slot; the transaction slips over the boundary",
  cast: "ABC",
  stage: { demand: { ...QUIET_DEMAND, spikes: [SPIKE] } },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +0s by A", "s2", "s3"],
          metrics: { onTime: 2, late: 1, lost: 0, discards: 0, landedBy: { own: 3 } },
        }
      : {
          onChain: ["s2b", "s3"],
          discards: ["A s1: slot-over", "B s2: hopeless"],
          metrics: { onTime: 2, late: 0, lost: 1 },
        },
});
