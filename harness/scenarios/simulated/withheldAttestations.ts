import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * The committee attests to A's checkpoints, and B is the only one who does not hear of it. The first time A lands: B reads that from L1,
 * and what it has built in silence goes out after all. The second time no builder takes A's transaction, so B has nothing to rely on: it
 * drops its work and starts again without A's. With the window open a stranger who has the quorum then lands A's after all, and B has to
 * start a third time: what B could not know of takes away what it has shown.
 */
export default defineScenario({
  title:
    "A quorum is kept from the successor: it goes on once L1 shows the checkpoint, and stays silent as long as nothing does",
  cast: "ABAB",
  stage: {
    gossip: {
      rules: [1, 3].map((slot) => ({
        topics: ["checkpoint_attestation"],
        receivers: ["B"],
        slots: [slot, slot],
        effect: "withhold",
      })),
    },
    l1: { censorship: [{ senders: ["A"], fromMs: 216_000, toMs: Number.MAX_SAFE_INTEGER }] },
    nodes: { X: { rescues: [{ whose: "anybody", afterMs: 3_000, account: "X", isBundled: true }] } },
  },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1", "s2", "s3 late +12s by X", "s4c"],
          begins: [
            "A s1 on genesis: fallback",
            "B s2 on s1: checkpoint-proposal",
            "A s3 on s2: checkpoint-proposal",
            "B s4 on s3: checkpoint-proposal",
            "B s4b on s2: fallback",
            "B s4c on s3: fallback",
          ],
          discards: ["B s4: no-quorum, silent", "B s4b: hopeless"],
          metrics: {
            onTime: 3,
            late: 1,
            lost: 0,
            displaced: 1,
            silentDiscards: 1,
            softReorgs: 1,
            landedBy: { own: 3, other: 1 },
          },
        }
      : {
          onChain: ["s1", "s2", "s4b"],
          begins: [
            "A s1 on genesis: fallback",
            "B s2 on s1: checkpoint-proposal",
            "A s3 on s2: checkpoint-proposal",
            "B s4 on s3: checkpoint-proposal",
            "B s4b on s2: fallback",
          ],
          discards: ["B s4: no-quorum, silent", "A s3: slot-over"],
          metrics: { onTime: 3, late: 0, lost: 1, displaced: 0, silentDiscards: 1, softReorgs: 1 },
        },
});
