import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * What A sends in its own slot is left out, and it lands its checkpoint itself in the first L1 block of the next, through a second
 * account as any stranger would. B had no time to be needed: it sees the landing before its patience is over, and sends nothing.
 */
export default defineScenario({
  title: "A proposer that was not mined in its own slot rescues itself through a second account",
  cast: "ABC",
  stage: {
    l1: { censorship: [{ senders: ["A"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }] },
    nodes: { A: { rescues: [{ whose: "own", afterMs: -3_000, account: "A's other", isBundled: true }] } },
  },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +0s by A", "s2", "s3"],
          begins: ["A s1 on genesis: fallback", "B s2 on s1: checkpoint-proposal", "C s3 on s2: checkpoint-proposal"],
          metrics: {
            onTime: 2,
            late: 1,
            lost: 0,
            displaced: 0,
            softReorgs: 0,
            refused: 0,
            landedBy: { own: 3, next: 0, other: 0 },
          },
        }
      : {
          onChain: ["s2b", "s3"],
          discards: ["B s2: hopeless", "A s1: slot-over"],
          metrics: { onTime: 2, late: 0, lost: 1, softReorgs: 2, refused: 0 },
        },
});
