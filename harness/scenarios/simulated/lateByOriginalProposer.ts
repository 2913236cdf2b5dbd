import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * What A sends in its own slot is left out, and it lands its checkpoint itself in the first L1 block of the next, through a second
 * account as any stranger would. B would land it a block later: it sees that it need not, and sends nothing. The proof shows that A has not
 * laundered its lateness: its two accounts together get 35 % of what B and C get for theirs, and the rest is burned.
 */
export default defineScenario({
  title: "A proposer that was not mined in its own slot rescues itself through a second account",
  cast: "ABC|.",
  slots: 3,
  stage: {
    epochSlots: 4,
    l1: { censorship: [{ senders: ["A"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }] },
    nodes: { A: { rescues: [{ whose: "own", afterMs: -3_000, account: "A's other", isBundled: true }] } },
    provers: { prover: { provingMs: 30_000 } },
  },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +0s by A for A's other", "s2", "s3"],
          begins: ["A s1 on genesis: fallback", "B s2 on s1: checkpoint-proposal", "C s3 on s2: checkpoint-proposal"],
          proofs: ["3 checkpoints, s1 late: A's other 0.1, forfeited 0.65"],
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
          proofs: ["2 checkpoints"],
          metrics: { onTime: 2, late: 0, lost: 1, softReorgs: 2, refused: 0 },
        },
});
