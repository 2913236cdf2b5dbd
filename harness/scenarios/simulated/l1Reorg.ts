import { defineScenario } from "../../stage/simulatedScenario.ts";

/**
 * A's checkpoint lands in the last L1 block of its slot. L1 takes that block back, and it lands late in the next; then L1 takes that back as well
 * and has the first chain again. Nobody sends anything twice, and B goes on building all the time.
 */
export default defineScenario({
  title: "L1 reorganises: an on-time landing becomes a late one, and on time again",
  cast: "ABC",
  windows: ["open"],
  stage: {
    reorgBlocks: 4,
    gossip: { delay: { kind: "fixed", ms: 2_000 } },
    l1: {
      reorgs: [
        { ms: 144_000, depth: 1, instead: [] },
        { ms: 156_000, depth: 1, instead: [132_000, 144_000] },
      ],
    },
  },
  expect: () => ({
    onChain: ["s1", "s2", "s3"],
    begins: ["A s1 on genesis: fallback", "B s2 on s1: checkpoint-proposal", "C s3 on s2: checkpoint-proposal"],
    metrics: { onTime: 3, late: 0, lost: 0, discards: 0, refused: 0 },
  }),
});
