import { defineScenario } from "../../stage/simulatedScenario.ts";

/** Governance has turned `crossEpoch` on: the first proposer of the new epoch lands the last checkpoint of the old one. */
export default defineScenario({
  title: "The last slot of an epoch is rescued in the first slot of the next one, where the terms allow it",
  cast: "AB|C",
  windows: ["open"],
  stage: {
    terms: { crossEpoch: true },
    l1: { censorship: [{ senders: ["B"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }] },
  },
  expect: () => ({
    onChain: ["s1", "s2 late +12s by C", "s3"],
    metrics: { onTime: 2, late: 1, lost: 0, discards: 0, landedBy: { own: 2, next: 1 } },
  }),
});
