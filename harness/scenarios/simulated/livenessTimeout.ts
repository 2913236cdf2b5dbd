import { defineScenario } from "../../stage/simulatedScenario.ts";

/** As in `empty-slot`, but B waits for A's proposal only so long, and has its blocks out 22 s before its slot begins. */
export default defineScenario({
  title: "No proposal comes; after the liveness timeout the next proposer builds on the confirmed tip",
  cast: "ABC",
  stage: {
    traits: { livenessTimeoutMs: 50_000 },
    nodes: { A: { downtimes: [{ fromMs: 0, toMs: 144_000 }] } },
  },
  expect: () => ({
    onChain: ["s2", "s3"],
    begins: ["B s2 on genesis: timeout", "C s3 on s2: checkpoint-proposal"],
    metrics: { onTime: 2, late: 0, lost: 1, triggers: { timeout: 1, fallback: 0 } },
  }),
});
