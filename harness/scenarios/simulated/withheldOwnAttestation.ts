import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * A gossips its proposal, keeps its own attestation to itself and is not mined in its slot: it would like to be the only one who can land
 * its checkpoint late. It is not: the other members make a quorum, and the signed proposal that all of them had to see before they
 * attested shows the rollup that A has authorised it.
 */
export default defineScenario({
  title: "A proposer keeps its own attestation back, and a stranger lands its checkpoint by its signed proposal",
  cast: "ABC",
  stage: {
    gossip: { rules: [{ topics: ["checkpoint_attestation"], authors: ["A"], slots: [1, 1], effect: "withhold" }] },
    l1: { censorship: [{ senders: ["A"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }] },
    nodes: { X: { rescues: [{ whose: "anybody", afterMs: -3_000, account: "X", isBundled: true }] } },
  },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +0s by X", "s2", "s3"],
          begins: ["A s1 on genesis: fallback", "B s2 on s1: checkpoint-proposal", "C s3 on s2: checkpoint-proposal"],
          metrics: {
            onTime: 2,
            late: 1,
            lost: 0,
            displaced: 0,
            softReorgs: 0,
            refused: 0,
            landedBy: { own: 2, next: 0, other: 1 },
          },
        }
      : {
          onChain: ["s2b", "s3"],
          discards: ["B s2: hopeless", "A s1: slot-over"],
          metrics: { onTime: 2, late: 0, lost: 1, softReorgs: 2, refused: 0 },
        },
});
