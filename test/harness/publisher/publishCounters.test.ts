import { expect } from "chai";

import { governanceSignalCall } from "../../../harness/consensus/bundledCalls.ts";
import { L1SubmissionError } from "../../../harness/l1/l1Errors.ts";
import {
  ACTIONS,
  OUTCOMES,
  type Action,
  type Outcome,
  type PublishRequest,
} from "../../../harness/publisher/publisher.ts";
import { openPublisherL1, type PublisherL1 } from "../../../harness/publisher/publisherL1.ts";
import { RandomSource, type RandomStream } from "../../../harness/sim/random.ts";
import { fuzzSeed } from "../../support/fuzzSeed.ts";
import { PublishingStage } from "../../support/publishing.ts";
import { openTestWorld, type TestWorld } from "../../support/world.ts";

const ROUNDS = 24;
/** How often each of a node's methods fails, in a round in which it fails at all. */
const FAULT = 0.3;

const seed = fuzzSeed(7);

describe(`Requests to a publisher (BUILD_AHEAD_FUZZ_SEED=${seed})`, () => {
  it("end in exactly one way each, with a reason, and are counted by action, whatever the node does", async () => {
    const random = new RandomSource(`${seed}`).stream("requests");
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const world = await openTestWorld();
      const slot = world.firstSlot + 1n;
      const stage = await PublishingStage.before(world, slot);
      const { publisher } = await stage.publisher(slot, {
        l1: unreliable(openPublisherL1(world.view), random.chance(0.6) ? FAULT : 0, random),
        // One without keys in twelve.
        ...(random.chance(1 / 12) ? { keys: [] } : {}),
      });
      if (random.chance(0.3)) world.chain.producer.policy = () => [];
      const requests = await drawRequests(world, slot, random);
      for (const request of requests) await publisher.enqueue(request);
      const results = await stage.run(publisher.sendRequestsAt(slot));
      world.chain.producer.policy = (waiting) => waiting;

      const where = `round ${round}`;
      expect(results.map(({ action }) => action).sort(), where).to.deep.equal(
        requests.map(({ action }) => action).sort(),
      );
      for (const { action, outcome, reason, hash } of results) {
        expect(OUTCOMES, where).to.include(outcome);
        expect(reason, `${where}, ${action}`).to.not.equal("");
        // Who says that something is on its way or there has to be able to say what.
        if (outcome === "sent" || outcome === "included") expect(hash, `${where}, ${action}`).to.match(/^0x/);
        seen.add(outcome);
      }
      for (const action of ACTIONS) {
        const ended = (outcome: Outcome) => results.filter((one) => one.action === action && one.outcome === outcome);
        for (const outcome of OUTCOMES) {
          expect(publisher.counters.of(action)[outcome], `${where}, ${action} ${outcome}`).to.equal(
            ended(outcome).length,
          );
        }
      }
      expect(await publisher.sendRequestsAt(slot), "nothing is left").to.deep.equal([]);
    }
    expect([...seen].sort(), "every way to end").to.deep.equal([...OUTCOMES].sort());
  });
});

/** A proposal, mostly, and a few of everything else: good ones, some that revert, for payloads without code, and too late. */
async function drawRequests(world: TestWorld, slot: bigint, random: RandomStream): Promise<readonly PublishRequest[]> {
  const requests: PublishRequest[] = [];
  if (random.chance(0.8)) requests.push({ action: "propose", checkpoint: await world.build(slot), expirySlot: slot });
  const others = ACTIONS.filter((action): action is Exclude<Action, "propose"> => action !== "propose");
  for (const action of others) {
    if (random.chance(0.4)) continue;
    const signer = random.chance(0.5) ? await world.proposerOf(slot) : world.rescuer;
    const payload = random.chance(0.8) ? world.rollup.address : world.rescuer.address;
    const call = await governanceSignalCall(world, signer, slot, payload);
    requests.push({ action, call, payload, expirySlot: random.chance(0.8) ? slot : slot - 1n });
  }
  return requests;
}

/** A node that has no answer now and then, to whatever it is asked. */
function unreliable(l1: PublisherL1, fault: number, random: RandomStream): PublisherL1 {
  const fails = () => random.chance(fault);
  const lost = <T>() => Promise.reject<T>(new Error("the connection was lost"));
  return {
    head: () => (fails() ? lost() : l1.head()),
    minedNonce: (address) => (fails() ? lost() : l1.minedNonce(address)),
    send: (request) => {
      if (!fails()) return l1.send(request);
      return random.chance(0.5)
        ? lost()
        : Promise.reject(new L1SubmissionError(request.from.address, 0, new Error("no")));
    },
    receipt: (hash) => (fails() ? lost() : l1.receipt(hash)),
    simulate: (request) => (fails() ? lost() : l1.simulate(request)),
    call: (request) => (fails() ? lost() : l1.call(request)),
    hasCode: (address) => (fails() ? lost() : l1.hasCode(address)),
    tips: () => (fails() ? lost() : l1.tips()),
    isLanded: (checkpoint) => (fails() ? lost() : l1.isLanded(checkpoint)),
    explain: (data) => (fails() ? lost() : l1.explain(data)),
  };
}
