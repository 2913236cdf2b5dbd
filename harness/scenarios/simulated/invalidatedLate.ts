import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * A lands a checkpoint without a quorum, which L1 lets it do on time. B builds on it, is not taken in its slot, and with the window open
 * is landed late. That landing cannot be invalidated, because its quorum was counted; what it stands on can, and takes it down with it. The record
 * of the late landing stays behind, and nothing is paid for it when the epoch is proven: another checkpoint has its number now.
 */
export default defineScenario({
  title: "A late checkpoint goes down with its unattested parent, and its record is worth nothing",
  cast: "ABC|D",
  stage: {
    allowsUnattested: true,
    l1: { censorship: [{ senders: ["B"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }] },
    nodes: { A: { packsAtMost: 1 } },
    provers: { P: { provingMs: 20_000 } },
    injected: [
      { ms: 229_000, sender: "X", action: { invalidate: 2 } },
      { ms: 232_000, sender: "Y", action: { invalidate: 1 } },
    ],
  },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s3b", "s4"],
          begins: [
            "A s1 on genesis: fallback",
            "B s2 on s1: checkpoint-proposal",
            "C s3 on s2: checkpoint-proposal",
            "C s3b on genesis: fallback",
            "D s4 on s3b: checkpoint-proposal",
          ],
          discards: ["A s1: slot-over", "B s2: slot-over", "C s3: hopeless"],
          refusals: ["X invalidate other: ValidatorSelection__InsufficientAttestations"],
          proofs: ["1 checkpoints"],
          metrics: { onTime: 2, late: 0, lost: 2, displaced: 0, softReorgs: 3 },
        }
      : {
          onChain: ["s3c", "s4"],
          discards: ["A s1: slot-over", "B s2: slot-over", "C s3: hopeless", "C s3b: hopeless"],
          proofs: ["1 checkpoints"],
          metrics: { onTime: 2, late: 0, lost: 2, displaced: 0, softReorgs: 4, refused: 0 },
        },
});
