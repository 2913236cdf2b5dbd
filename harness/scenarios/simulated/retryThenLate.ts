import { defineScenario } from "../../stage/simulatedScenario.ts";

/** The first L1 block that could have had B's rescue does not take it; B pays twice as much and is in the next. */
export default defineScenario({
  title: "A rescue is passed over once, and lands at the second try",
  cast: "ABC",
  windows: ["open"],
  stage: {
    terms: { windowSeconds: 36 },
    l1: {
      censorship: [
        { senders: ["A"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER },
        { senders: ["B"], fromMs: 156_000, toMs: 156_000 },
      ],
    },
  },
  expect: () => ({
    onChain: ["s1 late +24s by B", "s2", "s3"],
    metrics: { onTime: 2, late: 1, lost: 0, discards: 0, refused: 0, landedBy: { own: 2, next: 1 } },
  }),
});
