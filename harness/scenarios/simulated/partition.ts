import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * Everybody has A's proposal when the network falls apart, and the attestations stay on A's side: there it is landable, and to B it is
 * not. No builder takes A's transaction. At the boundary B discards in silence, as it must, and begins again on what was there before.
 * With the window open C, which has the quorum, lands A's checkpoint twelve seconds later; B sees that on L1, which no partition cuts,
 * and begins a third time, on top of it. What it had built in between is displaced.
 */
export default defineScenario({
  title: "The quorum exists on one side of a partition only; L1 tells the other side",
  cast: "ABC",
  stage: {
    gossip: { partitions: [{ groups: [["B"], "others"], fromMs: 113_000, toMs: 170_000 }] },
    l1: { censorship: [{ senders: ["A"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }] },
    nodes: { C: { rescues: [{ whose: "anybody", afterMs: 3_000, account: "C", isBundled: true }] } },
  },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +12s by C", "s2c", "s3"],
          begins: [
            "A s1 on genesis: fallback",
            "B s2 on s1: checkpoint-proposal",
            "B s2b on genesis: fallback",
            "B s2c on s1: fallback",
            "C s3 on s2c: checkpoint-proposal",
          ],
          discards: ["B s2: no-quorum, silent", "B s2b: hopeless"],
          metrics: {
            onTime: 2,
            late: 1,
            lost: 0,
            displaced: 1,
            silentDiscards: 1,
            softReorgs: 1,
            refused: 0,
            landedBy: { own: 2, other: 1 },
          },
        }
      : {
          onChain: ["s2b", "s3"],
          begins: [
            "A s1 on genesis: fallback",
            "B s2 on s1: checkpoint-proposal",
            "B s2b on genesis: fallback",
            "C s3 on s2b: checkpoint-proposal",
          ],
          discards: ["B s2: no-quorum, silent", "A s1: slot-over"],
          metrics: { onTime: 2, late: 0, lost: 1, displaced: 0, silentDiscards: 1, softReorgs: 1, refused: 0 },
        },
});
