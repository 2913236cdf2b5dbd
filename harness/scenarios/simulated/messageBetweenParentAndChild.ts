import { defineScenario } from "../../stage/simulatedScenario.ts";

/** Somebody sends a message to L2 after B has fixed its header and before A's checkpoint lands. With an inbox lag of 2 B's tree was closed. */
export default defineScenario({
  title: "A message to L2 comes between parent and child, and harms nobody, because the inbox lag is 2",
  cast: "ABC",
  stage: {
    gossip: { delay: { kind: "fixed", ms: 2_000 } },
    injected: [{ ms: 119_100, sender: "user", action: "message" }],
  },
  expect: () => ({ onChain: ["s1", "s2", "s3"], metrics: { onTime: 3, lost: 0, refused: 0 } }),
});
