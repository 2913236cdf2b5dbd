import { expect } from "chai";
import { getAddress, parseEventLogs } from "viem";

import type { UpgradedNetwork } from "../../harness/network/upgradeToBuildAhead.ts";
import { lateSubmissionAbi } from "../../harness/protocol/abis.ts";
import { fuzzSeed } from "../settlement/plan.ts";
import { runSequences } from "../settlement/runSequences.ts";

/** After each step of a sequence the world has compared chain and records with its model; here the whole log is read. */
async function expectSettledOnce({
  chain,
  buildAhead,
}: UpgradedNetwork): Promise<{ recorded: number; settled: number }> {
  const logs = await chain.publicClient.getLogs({ address: getAddress(buildAhead.address), fromBlock: 0n });
  const events = parseEventLogs({
    abi: lateSubmissionAbi,
    eventName: ["LateSubmissionRecorded", "LateSubmissionSettled"],
    logs,
  });
  const count = (name: (typeof events)[number]["eventName"]) => {
    const bySlot = new Map<bigint, number>();
    for (const { eventName, args } of events) {
      if (eventName === name) bySlot.set(args.slot, (bySlot.get(args.slot) ?? 0) + 1);
    }
    return bySlot;
  };
  const [recorded, settled] = [count("LateSubmissionRecorded"), count("LateSubmissionSettled")];
  for (const [slot, times] of settled) {
    expect(times, `settlements of slot ${slot}`).to.equal(1);
    expect(recorded.has(slot), `slot ${slot} was recorded before it was settled`).to.equal(true);
  }
  return { recorded: recorded.size, settled: settled.size };
}

describe("A slot under random sequences with prunes, invalidations, re-submissions and several proofs", () => {
  const seed = fuzzSeed(7_301);

  it(`is in the chain at most once, in increasing order, and settled once (seed ${seed})`, async () => {
    let settled = 0;
    const totals = await runSequences({
      seed,
      sequences: 2,
      slots: 48,
      comparesWithUpstream: false,
      afterwards: async (network) => void (settled += (await expectSettledOnce(network)).settled),
    });
    expect(settled, "settlements in the logs").to.equal(totals.get("settled"));
    for (const counter of [
      "settled",
      "duplicates",
      "pruned",
      "invalidated",
      "resubmitted",
      "proofsThatGrow",
    ] as const) {
      const summary = [...totals].map(([name, times]) => `${name} ${times}`).join(", ");
      expect(totals.get(counter) ?? 0, `${counter} in: ${summary}`).to.be.greaterThan(0);
    }
  });
});
