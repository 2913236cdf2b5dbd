import { expect } from "chai";
import { zeroAddress } from "viem";

import { governanceSignalCall } from "../../../harness/consensus/bundledCalls.ts";
import { mainnetLikeConfig } from "../../../harness/network/networkConfig.ts";
import { lateSubmissionAbi } from "../../../harness/protocol/abis.ts";
import { FIXED_GAS_LIMIT } from "../../../harness/publisher/gasLimit.ts";
import { openPublisherL1, type PublisherL1 } from "../../../harness/publisher/publisherL1.ts";
import { openAnvilWorld, type AnvilWorld } from "../../support/anvilWorld.ts";
import { PublishingStage, tellResult } from "../../support/publishing.ts";
import { describeWithAnvil } from "../../support/withAnvil.ts";

const GWEI = 10n ** 9n;

// A node with `eth_simulateV1` and a mempool of its own, and a committee of mainnet's size: what gas limits are about.
describeWithAnvil("The bundle publisher (anvil)", () => {
  let world: AnvilWorld;
  let slot: bigint;
  let stage: PublishingStage;
  let l1: PublisherL1;
  let simulated: bigint[];

  before(async () => {
    world = await openAnvilWorld({ seed: "bundle", config: mainnetLikeConfig(), validatorCount: 64 });
    slot = world.firstSlot;
    await world.landOnTime(slot);
  });

  beforeEach(async () => {
    slot += 3n;
    stage = await PublishingStage.before(world, slot);
    simulated = [];
    const node = openPublisherL1(world.view, "node");
    l1 = {
      ...node,
      simulate(request) {
        simulated.push(request.timestamp);
        return node.simulate(request);
      },
    };
  });

  after(() => world.close());

  async function publish(...calls: { readonly target: `0x${string}`; readonly callData: `0x${string}` }[]) {
    const { publisher, events } = await stage.publisher(slot, { l1 });
    const checkpoint = await world.build(slot);
    for (const call of calls) await publisher.enqueue({ action: "governance-signal", call, expirySlot: slot });
    await publisher.enqueue({ action: "propose", checkpoint, expirySlot: slot });
    const results = await stage.run(publisher.sendRequestsAt(slot));
    const sent = events.filter((event) => event.kind === "sent").map(({ request }) => request);
    return { results, sent, proposal: results.find(({ action }) => action === "propose") };
  }

  it("measures the slot's first block and, for a slip, the next slot's, and takes the dearer", async () => {
    const { proposal, sent } = await publish();
    expect(proposal?.outcome).to.equal("included");
    expect(simulated).to.deep.equal([world.at(slot), world.at(slot + 1n)]);
    const used = Number(proposal?.receipt?.gasUsed);
    const [limit] = sent.map(({ gas }) => gas ?? 0n);
    expect(limit).to.satisfy((gas: bigint) => gas < FIXED_GAS_LIMIT);
    expect(Number(limit) / used, "limit against what was used on time").to.be.within(1.4, 2.2);
  });

  it("has the gas to slip over the boundary, and its recipient is credited", async () => {
    for (let seconds = 0n; seconds < 72n; seconds += 12n) stage.missed.add(world.at(slot, seconds));
    const { proposal } = await publish();
    expect(proposal?.outcome).to.equal("included");
    const { submitter } = await world.chain.publicClient.readContract({
      address: world.rollup.address,
      abi: lateSubmissionAbi,
      functionName: "getLateSubmission",
      args: [slot],
    });
    expect(submitter).not.to.equal(zeroAddress);
  });

  it("simulates again when a vote was dropped, for an honest figure", async () => {
    const foreign = await governanceSignalCall(world, await world.account("stranger"), slot, world.rollup.address);
    const { results } = await publish(foreign);
    expect(results.map(({ action, outcome }) => `${action} ${outcome}`)).to.deep.equal([
      "governance-signal dropped",
      "propose included",
    ]);
    expect(simulated, "with the vote, without it, and turned late").to.deep.equal([
      world.at(slot),
      world.at(slot),
      world.at(slot + 1n),
    ]);
  });

  it("replaces a blob transaction in the node's own mempool when the base fee runs away", async () => {
    const { producer } = world.chain;
    const usual = producer.baseFeePerGas;
    stage.onBlock = (seconds) => {
      // Too dear for the first offer, not for twice as much.
      producer.baseFeePerGas = seconds < world.at(slot) ? usual : 5n * GWEI;
      return Promise.resolve();
    };
    try {
      const { proposal, sent } = await publish();
      expect(proposal && tellResult(proposal)).to.equal("propose included: mined");
      expect(sent.length).to.be.greaterThan(1);
      expect(new Set(sent.map(({ nonce }) => nonce)).size).to.equal(1);
    } finally {
      producer.baseFeePerGas = usual;
    }
  });
});
