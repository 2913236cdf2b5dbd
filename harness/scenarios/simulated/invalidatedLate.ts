import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * On time L1 does not count attestations: A lands its checkpoint with too few. B's is landed late on top of it, is in order itself, and goes
 * with it when somebody invalidates A's.
 */
export default defineScenario({
  title: "A late checkpoint falls with an on-time parent that is invalidated",
  cast: "ABC",
  windows: ["open"],
  stage: {
    allowsUnattested: true,
    l1: { censorship: [{ senders: ["B"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }] },
    nodes: { A: { packsAtMost: 2 } },
    injected: [{ ms: 230_000, sender: "X", action: { invalidate: 1 } }],
  },
  expect: () => ({
    onChain: ["s3b"],
    begins: [
      "A s1 on genesis: fallback",
      "B s2 on s1: checkpoint-proposal",
      "C s3 on s2: checkpoint-proposal",
      "C s3b on genesis: fallback",
    ],
    discards: ["A s1: slot-over", "B s2: slot-over", "C s3: hopeless"],
    metrics: { onTime: 1, late: 0, lost: 2, softReorgs: 3 },
  }),
});
