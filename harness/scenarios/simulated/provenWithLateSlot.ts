import { defineScenario } from "../../stage/simulatedScenario.ts";

/** The epoch of a late slot is proven as soon as no slot of it can still come; the proof splits the late one's reward, and nothing is lost. */
export default defineScenario({
  title: "An epoch with a late slot is proven, and its money is conserved to the wei",
  cast: "ABC|.",
  slots: 5,
  windows: ["open"],
  stage: {
    epochSlots: 4,
    l1: { censorship: [{ senders: ["A"], fromMs: 0, toMs: 200_000 }] },
    provers: { prover: { provingMs: 30_000 } },
  },
  expect: () => ({
    onChain: ["s1 late +12s by B", "s2", "s3", "s4", "s5"],
    settledSlots: [1],
    metrics: { onTime: 4, late: 1, lost: 0, refused: 0 },
  }),
});
