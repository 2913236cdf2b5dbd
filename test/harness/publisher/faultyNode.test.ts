import { expect } from "chai";
import hardhat from "hardhat";

import { governanceSignalCall } from "../../../harness/consensus/bundledCalls.ts";
import { errorAbiOf } from "../../../harness/network/errorAbi.ts";
import type { PublisherEvent } from "../../../harness/publisher/bundlePublisher.ts";
import { FIXED_GAS_LIMIT } from "../../../harness/publisher/gasLimit.ts";
import { keepInMemory, type InFlightStore } from "../../../harness/publisher/inFlight.ts";
import { openPublisherL1 } from "../../../harness/publisher/publisherL1.ts";
import type { Judgement } from "../../../harness/publisher/judgeBundle.ts";
import { openAnvilWorld, type AnvilWorld } from "../../support/anvilWorld.ts";
import { FaultyNode, METHOD_NOT_FOUND, type Fault, type RpcRequest } from "../../support/faultyNode.ts";
import { PublishingStage, tellResult } from "../../support/publishing.ts";
import { describeWithAnvil } from "../../support/withAnvil.ts";

/** A blob transaction's first byte (EIP-2718, EIP-4844). */
const BLOB_TRANSACTION = "0x03";

const RATE_LIMIT: Fault = { status: 429, body: "Too Many Requests" };

// Over HTTP, a real node behind it: what a connection does to errors is part of what is tested.
describeWithAnvil("The bundle publisher, behind an RPC that", () => {
  let world: AnvilWorld;
  let node: FaultyNode;
  let slot: bigint;
  let stage: PublishingStage;

  before(async () => {
    world = await openAnvilWorld({ seed: "faulty" });
    slot = world.firstSlot;
    await world.landOnTime(slot);
    node = await FaultyNode.before(world.url);
  });

  beforeEach(async () => {
    slot += 3n;
    node.fault = () => undefined;
    stage = await PublishingStage.before(world, slot);
  });

  after(async () => {
    node.close();
    await world.close();
  });

  const failing =
    (fault: Fault, ...methods: readonly string[]) =>
    ({ method }: RpcRequest) =>
      methods.includes(method) ? fault : undefined;

  async function publish(options: { readonly store?: InFlightStore; readonly signals?: boolean } = {}) {
    const { store = keepInMemory(), signals = false } = options;
    const chain = await node.connect(world.chain.chainId, errorAbiOf(hardhat.artifacts));
    const view = { chain, rollup: world.rollup };
    const { publisher, events } = await stage.publisher(slot, { view, l1: openPublisherL1(view, "node"), store });
    await publisher.enqueue({ action: "propose", checkpoint: await world.build(slot), expirySlot: slot });
    if (signals) {
      const proposer = await world.proposerOf(slot);
      const call = await governanceSignalCall(world, proposer, slot, world.rollup.address);
      await publisher.enqueue({ action: "governance-signal", call, expirySlot: slot });
    }
    const results = await stage.run(publisher.sendRequestsAt(slot));
    return { results: results.map(tellResult), judgement: judgementOf(events), events, publisher };
  }

  it("does not know eth_simulateV1, asks by a plain call and goes with the fixed limit", async () => {
    node.fault = failing(METHOD_NOT_FOUND, "eth_simulateV1");
    const { results, judgement } = await publish();
    expect(results).to.deep.equal(["propose included: mined"]);
    expect(judgement).to.include({ basis: "call", gasLimit: FIXED_GAS_LIMIT });
  });

  it("does not know what blobs cost, offers a price of its own", async () => {
    node.fault = failing(METHOD_NOT_FOUND, "eth_blobBaseFee");
    const { results, judgement, events } = await publish();
    expect(results).to.deep.equal(["propose included: mined"]);
    expect(judgement?.basis).to.equal("simulation");
    const [sent] = events.flatMap((event) => (event.kind === "sent" ? [event.request] : []));
    expect(sent).to.have.property("maxFeePerBlobGas", 4n * 10n ** 9n);
  });

  it("takes no blob transactions, says so, and sends what has no blobs", async () => {
    const refusal: Fault = { error: { code: -32_000, message: "transaction type not supported" } };
    node.fault = ({ method, params }) =>
      method === "eth_sendRawTransaction" && String(params[0]).startsWith(BLOB_TRANSACTION) ? refusal : undefined;
    const { results, publisher } = await publish();
    expect(results).to.have.length(1);
    expect(results[0]).to.match(/^propose failed: /);
    const call = await governanceSignalCall(world, await world.proposerOf(slot), slot, world.rollup.address);
    await publisher.enqueue({ action: "governance-signal", call, expirySlot: slot });
    const [vote] = await stage.run(publisher.sendRequestsAt(slot));
    expect(vote && tellResult(vote)).to.equal("governance-signal included: mined");
  });

  it("limits its rate when asked what would happen, sends all the same", async () => {
    node.fault = failing(RATE_LIMIT, "eth_simulateV1", "eth_call");
    const { results, judgement } = await publish();
    expect(results).to.deep.equal(["propose included: mined"]);
    expect(judgement).to.include({ basis: "nothing", gasLimit: FIXED_GAS_LIMIT });
  });

  it("limits its rate when it is sent something, says so, and knows that nothing is on its way", async () => {
    node.fault = failing(RATE_LIMIT, "eth_sendRawTransaction");
    const store = keepInMemory();
    const { results } = await publish({ store, signals: true });
    expect(results.map((result) => result.slice(0, result.indexOf(":")))).to.deep.equal([
      "propose failed",
      "governance-signal failed",
    ]);
  });

  const nonsense: Readonly<Record<string, Fault>> = {
    "an empty list": { result: [] },
    "a page of HTML": { status: 200, body: "<html>down for maintenance</html>" },
    "a number without its parts": { result: "0x1" },
  };
  for (const [what, fault] of Object.entries(nonsense)) {
    it(`answers ${what}, takes a plain call's word instead`, async () => {
      node.fault = failing(fault, "eth_simulateV1");
      const { results, judgement } = await publish();
      expect(results).to.deep.equal(["propose included: mined"]);
      expect(judgement?.basis).to.equal("call");
    });
  }

  it("never answers what is asked first, waits its time and no longer", async () => {
    node.fault = failing("never answers", "eth_simulateV1");
    const { results, judgement } = await publish();
    expect(results).to.deep.equal(["propose included: mined"]);
    expect(judgement?.basis).to.equal("call");
  });

  it("breaks off when it has the transaction, remembers it, and sends no second one beside it", async () => {
    let isBroken = false;
    node.fault = ({ method }) => {
      if (method !== "eth_sendRawTransaction" || isBroken) return undefined;
      isBroken = true;
      return "breaks off";
    };
    const store = keepInMemory();
    const proposer = await world.proposerOf(slot);
    const nonce = await world.chain.publicClient.getTransactionCount({ address: proposer.address });
    const { results } = await publish({ store });
    expect(results[0]).to.match(/^propose failed: /);
    expect(await store.load(proposer.address)).to.include({ nonce, blobCount: 1, proposes: slot });
    await world.chain.mineAt(world.at(slot, 24n));
    expect(await world.chain.publicClient.getTransactionCount({ address: proposer.address })).to.equal(nonce + 1);
    await world.follower.sync();
    expect(world.follower.chain.at(-1)?.slot, "what the node had got").to.equal(slot);
  });
});

function judgementOf(events: readonly PublisherEvent[]): Judgement | undefined {
  return events.find((event) => event.kind === "judged")?.judgement;
}
