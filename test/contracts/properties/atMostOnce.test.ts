import { expect } from "chai";
import { parseEventLogs } from "viem";

import { lateSubmissionAbi } from "../../../harness/protocol/abis.ts";
import { fuzzSeed } from "../../support/fuzzSeed.ts";
import { IN_OPENING, OPENING } from "../../support/settlement/directedPlans.ts";
import { drawPlans } from "../../support/settlement/plan.ts";
import { runSequence } from "../../support/settlement/runSequence.ts";
import type { TestWorld } from "../../support/world.ts";

describe("A slot under random sequences with prunes, invalidations, re-submissions and several proofs", () => {
  const seed = fuzzSeed(7_301);

  for (const [index, drawn] of drawPlans(seed, 2, 48).entries()) {
    it(`is in the chain at most once, in increasing order, and settled once (seed ${seed}, sequence ${index})`, async () => {
      const { world, tally } = await runSequence({
        seed: `sequence ${seed}/${index}`,
        plans: [...OPENING, ...drawn],
        comparesWithUpstream: false,
      });
      expect(tally.missing(IN_OPENING), tally.toString()).to.be.empty;
      // After each step chain and records were compared with the model; here the whole log is read.
      expect(await countSettledOnce(world), "settlements in the logs").to.equal(tally.of("settled"));
    });
  }
});

/** Expects that every slot that was settled was recorded before, and settled once. Returns how many there are. */
async function countSettledOnce({ chain, rollup }: TestWorld): Promise<number> {
  const logs = await chain.publicClient.getLogs({ address: rollup.address, fromBlock: 0n });
  const events = parseEventLogs({
    abi: lateSubmissionAbi,
    eventName: ["LateSubmissionRecorded", "LateSubmissionSettled"],
    logs,
  });
  const recorded = new Set<bigint>();
  const settled = new Set<bigint>();
  for (const { eventName, args } of events) {
    const { slot } = args;
    if (eventName === "LateSubmissionRecorded") {
      recorded.add(slot);
      continue;
    }
    expect(settled.has(slot), `slot ${slot} was settled before`).to.equal(false);
    expect(recorded.has(slot), `slot ${slot} was recorded before it was settled`).to.equal(true);
    settled.add(slot);
  }
  return settled.size;
}
