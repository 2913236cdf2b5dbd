import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * B is cut off from everybody while A's committee attests: the quorum exists on one side only. B begins on the tip that it knows. A stranger on
 * the other side lands A's checkpoint late, and B learns of it from L1.
 */
export default defineScenario({
  title: "A quorum exists on one side of a partition, and the next proposer is on the other",
  cast: "ABC",
  stage: {
    gossip: { partitions: [{ groups: [["B"], "others"], fromMs: 72_000, toMs: 150_000 }] },
    l1: { censorship: [{ senders: ["A"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }] },
    nodes: { X: { rescues: [{ whose: "anybody", afterMs: 3_000, account: "X", isBundled: true }] } },
  },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +12s by X", "s2b", "s3"],
          begins: [
            "A s1 on genesis: fallback",
            "B s2 on genesis: fallback",
            "B s2b on s1: fallback",
            "C s3 on s2b: checkpoint-proposal",
          ],
          discards: ["B s2: hopeless"],
          metrics: { onTime: 2, late: 1, lost: 0, displaced: 1, refused: 0 },
        }
      : {
          onChain: ["s2", "s3"],
          discards: ["A s1: slot-over"],
          metrics: { onTime: 2, late: 0, lost: 1, displaced: 0 },
        },
});
