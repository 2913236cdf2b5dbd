import { DEFAULT_PUBLISHER } from "../../actors/publisher.ts";
import { defineScenario } from "../../stage/simulatedScenario.ts";

/** A builder puts itself first in a block that it makes; here it is said by a bid. */
const FIRST = { ...DEFAULT_PUBLISHER, priorityFee: 10 * DEFAULT_PUBLISHER.priorityFee };

/**
 * X builds the last L1 blocks of A's slot and leaves A's punctual transaction out of them. With the window open it then lands the
 * checkpoint itself, in the first block of the next slot, ahead of A's own transaction.
 */
export default defineScenario({
  title: "A builder leaves out a punctual transaction and lands the checkpoint itself",
  cast: "ABC|D",
  stage: {
    l1: { censorship: [{ senders: ["A"], fromMs: 120_000, toMs: 132_000 }] },
    provers: { P: { provingMs: 20_000 } },
    nodes: { X: { rescues: [{ whose: "anybody", afterMs: -2_000, account: "X", isBundled: true }], publisher: FIRST } },
  },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +0s by X", "s2", "s3", "s4"],
          refusals: ["A s1: Rollup__SlotAlreadyInChain"],
          proofs: ["3 checkpoints, s1 late: X 0.1, forfeited 0.65"],
          metrics: {
            onTime: 3,
            late: 1,
            lost: 0,
            displaced: 0,
            discards: 0,
            softReorgs: 0,
            refused: 1,
            landedBy: { own: 3, other: 1 },
          },
        }
      : {
          onChain: ["s2b", "s3", "s4"],
          discards: ["B s2: hopeless", "A s1: slot-over"],
          proofs: ["2 checkpoints"],
          metrics: { onTime: 3, late: 0, lost: 1, softReorgs: 2 },
        },
});
