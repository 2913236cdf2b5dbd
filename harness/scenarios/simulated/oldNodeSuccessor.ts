import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * B runs upstream's software: it knows only what is on L1, and builds on the tip before A's checkpoint. With the window closed that
 * checkpoint is lost, and B's takes its place. With the window open A's lands late, and B, which was punctual, loses its whole slot: the
 * committee does not attest to what cannot land, so it sends nothing and burns no gas, and its users see its blocks taken back. Of two
 * checkpoints one comes to nothing either way; 65 % of what the other earns is burned as well.
 */
export default defineScenario({
  title: "The successor knows nothing of Build Ahead; a late landing costs it its whole slot",
  cast: "ABC|D",
  stage: {
    l1: { missedAt: [120_000, 132_000] },
    nodes: { B: { buildsAhead: false } },
    provers: { P: { provingMs: 20_000 } },
  },
  expect: (window) =>
    window === "open"
      ? {
          onChain: ["s1 late +0s by A", "s3", "s4"],
          begins: [
            "A s1 on genesis: fallback",
            "B s2 on genesis: confirmed-tip",
            "C s3 on s1: fallback",
            "D s4 on s3: checkpoint-proposal",
          ],
          discards: ["B s2: hopeless"],
          proofs: ["2 checkpoints, s1 late: forfeited 0.65"],
          metrics: { onTime: 2, late: 1, lost: 1, displaced: 1, softReorgs: 1, refused: 0, gasWasted: 0 },
        }
      : {
          onChain: ["s2", "s3", "s4"],
          begins: [
            "A s1 on genesis: fallback",
            "B s2 on genesis: confirmed-tip",
            "C s3 on s2: checkpoint-proposal",
            "D s4 on s3: checkpoint-proposal",
          ],
          discards: ["A s1: slot-over"],
          proofs: ["2 checkpoints"],
          metrics: { onTime: 3, late: 0, lost: 1, displaced: 0, softReorgs: 1, refused: 0, gasWasted: 0 },
        },
});
