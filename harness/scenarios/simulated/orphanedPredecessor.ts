import { DEFAULT_PUBLISHER } from "../../actors/publisher.ts";
import { defineScenario } from "../../stage/simulatedScenario.ts";

/** Pays more than X does, and is mined first. */
const EAGER = { ...DEFAULT_PUBLISHER, priorityFee: 10 * DEFAULT_PUBLISHER.priorityFee };

/**
 * B hears blocks of A's, attestations, but never the checkpoint proposal, and nobody builds on less. It lands in time what it has built on
 * the older tip. A stranger has what B lacks and tries to land A's in the same L1 block, behind B's: the chain has gone past that slot.
 * Only a window as long as a slot leaves room for it; in one of two L1 blocks no successor has anything to land yet.
 */
export default defineScenario({
  title: "A successor lands on the older tip first, and its predecessor can never land again",
  cast: "ABC",
  stage: (window) => ({
    ...(window === "open" ? { terms: { windowSeconds: 72 } } : {}),
    gossip: {
      delay: { kind: "fixed", ms: 1_000 },
      rules: [{ topics: ["checkpoint_proposal"], receivers: ["B"], slots: [1, 1], effect: "withhold" }],
    },
    l1: { censorship: [{ senders: ["A"], fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }] },
    nodes: {
      B: { publisher: EAGER },
      X: { rescues: [{ whose: "anybody", afterMs: 40_000, account: "X", isBundled: true }] },
    },
  }),
  expect: (window) => ({
    onChain: ["s2", "s3"],
    begins: ["A s1 on genesis: fallback", "B s2 on genesis: fallback", "C s3 on s2: checkpoint-proposal"],
    discards: ["A s1: slot-over"],
    refusals: window === "open" ? ["X s1 rescue: Rollup__SlotAlreadyInChain"] : [],
    metrics: {
      onTime: 2,
      late: 0,
      lost: 1,
      displaced: 0,
      softReorgs: 1,
      refused: window === "open" ? 1 : 0,
      landedBy: { own: 2 },
    },
  }),
});
