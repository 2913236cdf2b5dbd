import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * No builder takes A's transaction, and B leaves the gas to others. X has no key, only what was gossiped: it lands A's checkpoint through
 * Multicall3 and names itself as who is credited. B has built on it all along and loses nothing.
 */
export default defineScenario({
  title: "A stranger lands a checkpoint that its proposer could not land and its successor did not",
  cast: "ABC",
  stage: {
    l1: { censorship: [{ senders: ["A"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }] },
    nodes: {
      B: { rescues: [] },
      X: { rescues: [{ whose: "anybody", afterMs: 3_000, account: "X", isBundled: true }] },
    },
  },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +12s by X", "s2", "s3"],
          begins: ["A s1 on genesis: fallback", "B s2 on s1: checkpoint-proposal", "C s3 on s2: checkpoint-proposal"],
          metrics: {
            onTime: 2,
            late: 1,
            lost: 0,
            displaced: 0,
            softReorgs: 0,
            refused: 0,
            gasWasted: 0,
            landedBy: { own: 2, next: 0, other: 1 },
          },
        }
      : {
          onChain: ["s2b", "s3"],
          discards: ["B s2: hopeless", "A s1: slot-over"],
          metrics: { onTime: 2, late: 0, lost: 1, softReorgs: 2, refused: 0, landedBy: { own: 2 } },
        },
});
