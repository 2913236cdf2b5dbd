import { defineScenario } from "../../stage/simulatedScenario.ts";

/** The same as `message-between-parent-and-child` with v4.1.2's own inbox lag of 1: why a build-ahead deployment must not keep that. */
export default defineScenario({
  title: "With an inbox lag of 1 a message between parent and child kills what was built ahead",
  cast: "ABC",
  stage: {
    inboxLag: 1,
    gossip: { delay: { kind: "fixed", ms: 2_000 } },
    injected: [{ ms: 119_100, sender: "user", action: "message" }],
  },
  // With the window open C tries what B could not do, twice, and pays for it: a rescuer should ask L1 before it sends.
  expect: (window) => ({
    onChain: ["s1", "s3b"],
    discards: ["B s2: refused", "C s3: hopeless"],
    refusals: ["B s2: Rollup__InvalidInHash", ...(window === "open" ? ["C s2 rescue: Rollup__InvalidInHash"] : [])],
    metrics: { onTime: 2, lost: 1 },
  }),
});
