import { DEFAULT_PUBLISHER } from "../../actors/publisher.ts";
import { QUIET_DEMAND } from "../../sim/demand.ts";
import { defineScenario } from "../../stage/simulatedScenario.ts";

/** Wei per gas that has to be outbid in a full block. */
const SPIKE = 5 * DEFAULT_PUBLISHER.priorityFee;

/**
 * From A's last two L1 blocks to the middle of B's slot everything is full. A's bid is too low, and so is its own rescue; B pays ten
 * times as much and gets in. With the window open that saves A's checkpoint twelve seconds late, with it closed only what B builds anew.
 */
export default defineScenario({
  title: "L1 is congested and fees rise; whoever pays enough lands its predecessor's checkpoint",
  cast: "ABC",
  stage: {
    demand: { ...QUIET_DEMAND, spikes: [{ from: 10, to: 15, marginalTip: SPIKE }] },
    nodes: { B: { publisher: { ...DEFAULT_PUBLISHER, priorityFee: 2 * SPIKE } } },
  },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +12s by B", "s2", "s3"],
          begins: ["A s1 on genesis: fallback", "B s2 on s1: checkpoint-proposal", "C s3 on s2: checkpoint-proposal"],
          metrics: {
            onTime: 2,
            late: 1,
            lost: 0,
            displaced: 0,
            discards: 0,
            softReorgs: 0,
            refused: 0,
            gasWasted: 0,
            landedBy: { own: 2, next: 1 },
          },
        }
      : {
          onChain: ["s2b", "s3"],
          discards: ["B s2: hopeless", "A s1: slot-over"],
          metrics: { onTime: 2, late: 0, lost: 1, softReorgs: 2, refused: 0, gasWasted: 0 },
        },
});
