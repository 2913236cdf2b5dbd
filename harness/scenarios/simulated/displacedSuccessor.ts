import { DEFAULT_PUBLISHER } from "../../actors/publisher.ts";
import { defineScenario } from "../../stage/simulatedScenario.ts";

/** Pays more than B does, and is mined first. */
const EAGER = { ...DEFAULT_PUBLISHER, priorityFee: 10 * DEFAULT_PUBLISHER.priorityFee };

/**
 * What a long window costs others: B knows nothing of A's checkpoint but that it has not landed, builds on what was there before, and
 * sends in time. In the same L1 block a stranger lands A's checkpoint, ahead of it.
 */
export default defineScenario({
  title: "A late landing is mined just before an on-time successor that was built without it",
  cast: "ABC",
  windows: ["open"],
  stage: {
    terms: { windowSeconds: 72 },
    gossip: { delay: { kind: "fixed", ms: 1_000 } },
    l1: { censorship: [{ senders: ["A"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }] },
    nodes: {
      B: { buildsAhead: false },
      X: { rescues: [{ whose: "anybody", afterMs: 40_000, account: "X", isBundled: true }], publisher: EAGER },
    },
  },
  expect: () => ({
    onChain: ["s1 late +48s by X", "s3b"],
    begins: [
      "A s1 on genesis: fallback",
      "B s2 on genesis: confirmed-tip",
      "C s3 on s2: checkpoint-proposal",
      "C s3b on s1: fallback",
    ],
    discards: ["B s2: refused", "C s3: hopeless, silent"],
    refusals: ["B s2: Rollup__InvalidArchive"],
    metrics: { onTime: 1, late: 1, lost: 1, displaced: 1, refused: 1, softReorgs: 1, landedBy: { own: 1, other: 1 } },
  }),
});
