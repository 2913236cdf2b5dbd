import { defineScenario } from "../../stage/simulatedScenario.ts";

/** B never picks what A's checkpoint has, although that has not landed; when A's is lost, B's second try picks it all up again. */
export default defineScenario({
  title: "Transactions of a predecessor are not picked twice, and those of discarded blocks come back",
  cast: "ABC",
  slots: 4,
  stage: {
    userEveryMs: 2_000,
    gossip: { rules: [{ topics: ["checkpoint_attestation"], slots: [1, 1], effect: "withhold" }] },
  },
  expect: (window) => ({
    onChain: ["s2b", "s3", "s4"],
    discards: ["B s2: no-quorum, silent", window === "open" ? "A s1: slot-over" : "A s1: hopeless"],
    metrics: { lost: 1, txs: { submitted: 180, included: [95, 125] } },
  }),
});
