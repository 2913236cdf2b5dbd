import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * No builder takes A's transaction, and L1 misses both blocks of the window. B and a stranger have sent A's checkpoint by then. B sees
 * that the second block has not come either: it takes its rescue back, drops what it has built on A's checkpoint, and builds the rest of
 * its slot on what has landed. The stranger's node is down, so that its transaction waits, and is refused in the first block after the
 * window.
 */
export default defineScenario({
  title: "L1 has no block as long as the window is open, and the checkpoint is lost all the same",
  cast: "ABC",
  stage: {
    l1: {
      missedAt: [144_000, 156_000],
      censorship: [{ senders: ["A"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }],
    },
    nodes: {
      X: {
        rescues: [{ whose: "anybody", afterMs: 3_000, account: "X", isBundled: true }],
        downtimes: [{ fromMs: 150_000, toMs: 200_000 }],
      },
    },
  },
  expect: (window) => ({
    onChain: ["s2b", "s3"],
    begins: [
      "A s1 on genesis: fallback",
      "B s2 on s1: checkpoint-proposal",
      "B s2b on genesis: fallback",
      "C s3 on s2b: checkpoint-proposal",
    ],
    discards: ["B s2: hopeless", "A s1: slot-over"],
    refusals: window === "open" ? ["X s1 rescue: LateSubmission__WindowClosed"] : [],
    metrics: {
      onTime: 2,
      late: 0,
      lost: 1,
      displaced: 0,
      softReorgs: 2,
      // Three blocks of B's instead of eight: it has known for longer with the window closed.
      blocksPerSlot: window === "open" ? 6.5 : 9,
      refused: window === "open" ? 1 : 0,
      landedBy: { own: 2 },
    },
  }),
});
