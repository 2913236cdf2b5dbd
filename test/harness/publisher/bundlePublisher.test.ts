import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setImmediate } from "node:timers/promises";

import { expect } from "chai";
import { decodeFunctionData, isAddressEqual, multicall3Abi, type Hex } from "viem";

import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { governanceSignalCall } from "../../../harness/consensus/bundledCalls.ts";
import { makeProposeTransaction } from "../../../harness/consensus/proposeTransaction.ts";
import { L1SubmissionError } from "../../../harness/l1/l1Errors.ts";
import { lateSubmissionAbi } from "../../../harness/protocol/abis.ts";
import type { PublisherEvent } from "../../../harness/publisher/bundlePublisher.ts";
import type { Clock } from "../../../harness/publisher/clock.ts";
import { FIXED_GAS_LIMIT } from "../../../harness/publisher/gasLimit.ts";
import { InFlightStoreError, keepInFolder, keepInMemory } from "../../../harness/publisher/inFlight.ts";
import type { CallRequest, ProposeRequest } from "../../../harness/publisher/publisher.ts";
import { openPublisherL1, type PublisherL1 } from "../../../harness/publisher/publisherL1.ts";
import { PublishingStage, tellResult } from "../../support/publishing.ts";
import { rejection } from "../../support/rejection.ts";
import { openTestWorld, type TestWorld } from "../../support/world.ts";

type Sent = Extract<PublisherEvent, { kind: "sent" }>;

const isSent = (event: PublisherEvent): event is Sent => event.kind === "sent";
const propose = (checkpoint: AttestedCheckpoint, expirySlot = checkpoint.slot): ProposeRequest => ({
  action: "propose",
  checkpoint,
  expirySlot,
});

/** What Multicall3 was asked to call, by target. */
function targetsOf({ data }: { data?: Hex | undefined }): readonly string[] {
  const { functionName, args } = decodeFunctionData({ abi: multicall3Abi, data: data ?? "0x" });
  return functionName === "aggregate3" ? args[0].map(({ target }) => target) : [];
}

// On the embedded chain, which has no `eth_simulateV1`: a plain call judges, and the gas limit is fixed.
describe("The bundle publisher", () => {
  let world: TestWorld;
  let slot: bigint;
  let stage: PublishingStage;
  let l1: PublisherL1;

  beforeEach(async () => {
    world = await openTestWorld();
    slot = world.firstSlot + 1n;
    stage = await PublishingStage.before(world, slot);
    l1 = openPublisherL1(world.view);
  });

  const landedSlots = async () => {
    await world.follower.sync();
    return world.follower.chain.map((landed) => landed.slot);
  };

  async function signal(payload = world.rollup.address): Promise<CallRequest> {
    const call = await governanceSignalCall(world, await world.proposerOf(slot), slot, payload);
    return { action: "governance-signal", call, payload, expirySlot: slot };
  }

  /** A signal that L1 refuses: its signer is not the proposer. */
  async function foreignSignal(): Promise<CallRequest> {
    const call = await governanceSignalCall(world, world.rescuer, slot, world.rollup.address);
    return { action: "slashing-vote", call, expirySlot: slot };
  }

  describe("on time", () => {
    it("sends one L1 block before the slot, and is in the slot's first one", async () => {
      const { publisher, events } = await stage.publisher(slot);
      await publisher.enqueue(propose(await world.build(slot)));
      const [result] = await stage.run(publisher.sendRequestsAt(slot));
      expect(result).to.include({ action: "propose", outcome: "included" });
      const { timestamp } = await world.chain.publicClient.getBlock({
        blockNumber: result?.receipt?.blockNumber ?? 0n,
      });
      expect(timestamp).to.equal(world.at(slot));
      const [sent] = events.filter(isSent);
      expect(sent?.request.gas, "nothing was measured").to.equal(FIXED_GAS_LIMIT);
      expect(publisher.counters.of("propose")).to.deep.equal({
        sent: 0,
        included: 1,
        failed: 0,
        dropped: 0,
        expired: 0,
      });
    });

    it("slips over the boundary when no builder takes it, is not cancelled, and its recipient is credited", async () => {
      const { publisher, events } = await stage.publisher(slot);
      for (let seconds = 0n; seconds < 72n; seconds += 12n) stage.missed.add(world.at(slot, seconds));
      await publisher.enqueue(propose(await world.build(slot)));
      const [result] = await stage.run(publisher.sendRequestsAt(slot));
      expect(result).to.include({ action: "propose", outcome: "included" });
      expect(
        events.filter(isSent).every(({ request }) => isAddressEqual(request.to ?? "0x", world.contracts.multicall3)),
      );
      const { submitter } = await world.chain.publicClient.readContract({
        address: world.rollup.address,
        abi: lateSubmissionAbi,
        functionName: "getLateSubmission",
        args: [slot],
      });
      expect(submitter).to.equal((await world.account("recipient")).address);
    });

    it("names the recipient right before it proposes, and signals after it", async () => {
      const { publisher, events } = await stage.publisher(slot);
      const request = await signal();
      await publisher.enqueue(request);
      await publisher.enqueue(propose(await world.build(slot)));
      const results = await stage.run(publisher.sendRequestsAt(slot));
      expect(results.map(tellResult)).to.deep.equal(["propose included: mined", "governance-signal included: mined"]);
      const { rollup, contracts } = world;
      const [sent] = events.filter(isSent);
      expect(targetsOf(sent?.request ?? {})).to.deep.equal([
        rollup.address,
        rollup.address,
        contracts.governanceProposer,
      ]);
    });
  });

  describe("leaves out", () => {
    it("a vote that reverts", async () => {
      const { publisher } = await stage.publisher(slot);
      await publisher.enqueue(await foreignSignal());
      await publisher.enqueue(propose(await world.build(slot)));
      const results = await stage.run(publisher.sendRequestsAt(slot));
      expect(results.map(({ action, outcome }) => `${action} ${outcome}`)).to.deep.equal([
        "slashing-vote dropped",
        "propose included",
      ]);
    });

    it("a checkpoint that a rival has landed, and then sends nothing at all", async () => {
      const checkpoint = await world.build(slot);
      const { publisher, events } = await stage.publisher(slot, { keys: [world.rival] });
      await stage.run(stage.clock.sleepUntil(Number(world.at(slot, -1n)) * 1000));
      await world.land(checkpoint, { timestamp: world.at(slot) });
      stage.missed.add(world.at(slot));
      await publisher.enqueue(propose(checkpoint));
      const results = await stage.run(publisher.sendRequestsAt(slot));
      expect(results.map(tellResult)).to.deep.equal(["propose dropped: Rollup__SlotAlreadyInChain"]);
      expect(events.filter(isSent)).to.deep.equal([]);
    });

    it("what is too late, and a signal for a payload without code, which it looks up again", async () => {
      const { publisher } = await stage.publisher(slot);
      const payload = world.rescuer.address;
      await publisher.enqueue({ ...(await signal()), expirySlot: slot - 1n });
      await publisher.enqueue(await signal(payload));
      const results = await stage.run(publisher.sendRequestsAt(slot));
      expect(results.map(tellResult)).to.deep.equal([
        "governance-signal expired: slot over",
        "governance-signal dropped: payload without code",
      ]);
      await world.chain.setCode(payload, "0x00");
      await publisher.enqueue(await signal(payload));
      const [second] = await stage.run(publisher.sendRequestsAt(slot));
      expect(second?.outcome).to.equal("included");
    });

    it("the proposal of a slot whose header L1 would refuse", async () => {
      const { publisher, events } = await stage.publisher(slot);
      const wrong = await world.build(slot, { header: { inHash: `0x${"11".repeat(32)}` } });
      const parent = await world.build(slot);
      expect(await publisher.validateBlockHeader(parent)).to.equal(true);
      expect(await publisher.validateBlockHeader(await world.build(slot + 1n, { parent })), "on it").to.equal(true);
      const stale = await world.build(slot, { header: { timestamp: 1n } });
      expect(await publisher.validateBlockHeader(stale)).to.equal(false);
      expect(events).to.deep.include({
        kind: "header-validation-failed",
        slot,
        reason: "Rollup__InvalidTimestamp",
      });
      await publisher.enqueue(propose(wrong));
      const results = await stage.run(publisher.sendRequestsAt(slot));
      expect(results.map(({ outcome }) => outcome)).to.deep.equal(["dropped"]);
      expect(results[0]?.reason).to.match(/^header-validation-failed/);
    });
  });

  describe("in a race", () => {
    it("fails when a rival lands between its look and its landing", async () => {
      const checkpoint = await world.build(slot);
      const { publisher } = await stage.publisher(slot, { keys: [world.rescuer] });
      await publisher.enqueue(propose(checkpoint));
      stage.onBlock = async (seconds) => {
        if (seconds !== world.at(slot)) return;
        const waiting = world.chain.mempool.waiting;
        world.chain.mempool.reset([]);
        await world.chain.submit(makeProposeTransaction(world.view, checkpoint, await world.proposerOf(slot)));
        for (const tx of waiting) world.chain.mempool.add(tx);
      };
      const results = await stage.run(publisher.sendRequestsAt(slot));
      expect(results.map(tellResult)).to.deep.equal(["propose failed: reverted in the bundle"]);
      expect(await landedSlots()).to.deep.equal([slot]);
    });

    it("hands over at the boundary, and the next proposer lands the late one first and its own in another block", async () => {
      const late = await world.build(slot);
      const { publisher, events } = await stage.publisher(slot, { windowSeconds: 0 });
      await publisher.enqueue(propose(late));
      world.chain.producer.policy = () => [];
      const [lost] = await stage.run(publisher.sendRequestsAt(slot));
      expect(lost?.outcome).to.equal("sent");
      expect(events.filter(isSent).length, "once, and three times dearer").to.equal(4);
      expect(stage.clock.now / 1000, "when it lets go").to.equal(Number(world.at(slot + 1n)));

      world.chain.mempool.reset([]);
      world.chain.producer.policy = (waiting) => waiting;
      const own = await world.build(slot + 1n, { parent: late });
      const { publisher: next } = await stage.publisher(slot + 1n);
      await next.enqueue(propose(own));
      await next.enqueue(propose(late, slot + 1n));
      const results = await stage.run(next.sendRequestsAt(slot + 1n));
      expect(results.map(tellResult)).to.deep.equal(["propose included: mined", "propose included: mined"]);
      const [one, other] = results.map(({ receipt }) => receipt?.blockNumber);
      expect(one, "late N and own N+1").not.to.equal(other);
      expect(await landedSlots()).to.deep.equal([slot, slot + 1n]);
    });

    it("tries a predecessor's checkpoint twice, and sends nothing on top of it when it does not land", async () => {
      const late = await world.build(slot);
      const own = await world.build(slot + 1n, { parent: late });
      await stage.run(stage.clock.sleepUntil(Number(world.at(slot, 60n)) * 1000));
      let attempts = 0;
      const refusing = {
        ...l1,
        send: () => {
          attempts += 1;
          return Promise.reject(new L1SubmissionError(world.rival.address, 0, new Error("full")));
        },
      };
      const { publisher } = await stage.publisher(slot + 1n, { l1: refusing });
      await publisher.enqueue(propose(late, slot + 1n));
      await publisher.enqueue(propose(own));
      const results = await stage.run(publisher.sendRequestsAt(slot + 1n));
      expect(attempts).to.equal(2);
      expect(results.map(({ outcome }) => outcome)).to.deep.equal(["failed", "dropped"]);
      expect(results[1]?.reason).to.equal("predecessor has not landed");
    });
  });

  describe("with its keys", () => {
    it("goes on to the next when one cannot send, and not past the deadline", async () => {
      const [broken, sound] = [world.rival, world.rescuer];
      const failing: PublisherL1 = {
        ...l1,
        send: (request) =>
          request.from.address === broken.address
            ? Promise.reject(new L1SubmissionError(broken.address, 0, new Error("no funds")))
            : l1.send(request),
      };
      const { publisher, events } = await stage.publisher(slot, { keys: [broken, sound], l1: failing });
      await publisher.enqueue(await signal());
      const [result] = await stage.run(publisher.sendRequestsAt(slot));
      expect(result?.outcome).to.equal("included");
      expect(events.filter(isSent).map(({ from }) => from)).to.deep.equal([sound.address]);
    });

    it("does not go on to the next when L1 reverts", async () => {
      const scarce: PublisherL1 = {
        ...l1,
        // A lie about the gas: Multicall3 itself runs out of it.
        simulate: async (request) => ({ isSuccess: true, gasUsed: 60_000n, returnData: await l1.call(request) }),
      };
      const { publisher, events } = await stage.publisher(slot, { keys: [world.rival, world.rescuer], l1: scarce });
      await publisher.enqueue(await signal());
      const [result] = await stage.run(publisher.sendRequestsAt(slot));
      expect(result).to.include({ outcome: "failed", reason: "MulticallForwarderReverted" });
      expect(result?.hash).to.match(/^0x/);
      expect(events.filter(isSent)).to.have.length(1);
    });

    it("replaces a stuck blob transaction by one that pays twice as much in every fee", async () => {
      const { publisher, events } = await stage.publisher(slot);
      await publisher.enqueue(propose(await world.build(slot)));
      world.chain.producer.policy = () => [];
      stage.onBlock = (seconds) => {
        if (seconds === world.at(slot, 36n)) world.chain.producer.policy = (waiting) => waiting;
        return Promise.resolve();
      };
      const [result] = await stage.run(publisher.sendRequestsAt(slot));
      expect(result?.outcome).to.equal("included");
      const sent = events.filter(isSent).map(({ request }) => request);
      expect(sent.length).to.be.greaterThan(1);
      expect(new Set(sent.map(({ nonce }) => nonce)).size, "nonces").to.equal(1);
      const [first, second] = sent as unknown as readonly [BlobFees, BlobFees];
      expect(second.maxFeePerGas).to.equal(2n * first.maxFeePerGas);
      expect(second.maxPriorityFeePerGas).to.equal(2n * first.maxPriorityFeePerGas);
      expect(second.maxFeePerBlobGas).to.equal(2n * first.maxFeePerBlobGas);
    });

    it("goes on after a restart where it was: the next transaction replaces the one in flight", async () => {
      const folder = await mkdtemp(path.join(tmpdir(), "in-flight-"));
      try {
        let isDead = false;
        const mortal: Clock = {
          get now() {
            return stage.clock.now;
          },
          sleepUntil: (ms) => (isDead ? new Promise(() => {}) : stage.clock.sleepUntil(ms)),
        };
        const { publisher, events } = await stage.publisher(slot, { store: keepInFolder(folder), clock: mortal });
        await publisher.enqueue(propose(await world.build(slot)));
        world.chain.producer.policy = () => [];
        void publisher.sendRequestsAt(slot);
        await stage.run(stage.clock.sleepUntil(Number(world.at(slot)) * 1000));
        // Virtual time does not wait for the file.
        const { address } = await world.proposerOf(slot);
        while ((await keepInFolder(folder).load(address)) === undefined) await setImmediate();
        isDead = true;

        const { publisher: restarted, events: later } = await stage.publisher(slot, { store: keepInFolder(folder) });
        await restarted.enqueue(propose(await world.build(slot)));
        world.chain.producer.policy = (waiting) => waiting;
        const results = await stage.run(restarted.sendRequestsAt(slot));
        expect(results.map(({ outcome }) => outcome)).to.deep.equal(["included"]);
        const [before] = events.filter(isSent);
        const [after] = later.filter(isSent);
        expect(after?.request.nonce).to.equal(before?.request.nonce);
        expect(after?.request.maxFeePerGas).to.be.greaterThanOrEqual(2n * (before?.request.maxFeePerGas ?? 0n));
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it("says when the record of what is in flight is none", async () => {
      const folder = await mkdtemp(path.join(tmpdir(), "in-flight-"));
      try {
        await writeFile(path.join(folder, `${world.rival.address}.json`), "{");
        await rejection(keepInFolder(folder).load(world.rival.address), InFlightStoreError);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });

  describe("with a node that", () => {
    const outages: Readonly<Record<string, () => Promise<never>>> = {
      "times out": () => Promise.reject(new Error("The request took too long to respond.")),
      "turns it away": () => Promise.reject(Object.assign(new Error("429 Too Many Requests"), { code: 429 })),
    };

    for (const [what, fail] of Object.entries(outages)) {
      it(`${what} when asked what would happen, sends all the same`, async () => {
        const mute: PublisherL1 = { ...l1, simulate: fail, call: fail, tips: fail };
        const { publisher, events } = await stage.publisher(slot, { l1: mute });
        await publisher.enqueue(propose(await world.build(slot)));
        const [result] = await stage.run(publisher.sendRequestsAt(slot));
        expect(result?.outcome).to.equal("included");
        const judged = events.find((event) => event.kind === "judged");
        expect(judged?.judgement).to.include({ basis: "nothing", gasLimit: FIXED_GAS_LIMIT });
      });
    }

    it("answers nonsense, takes a plain call's word instead", async () => {
      const mad: PublisherL1 = {
        ...l1,
        simulate: () => Promise.resolve({ isSuccess: true, gasUsed: 1n, returnData: "0x1234" }),
      };
      const { publisher, events } = await stage.publisher(slot, { l1: mad });
      await publisher.enqueue(await foreignSignal());
      const [result] = await stage.run(publisher.sendRequestsAt(slot));
      expect(result?.outcome).to.equal("dropped");
      expect(events.filter(isSent)).to.deep.equal([]);
    });

    it("breaks off while it is sent something, remembers that it may have arrived", async () => {
      const store = keepInMemory();
      const deaf: PublisherL1 = { ...l1, send: () => Promise.reject(new Error("socket hang up")) };
      const { publisher } = await stage.publisher(slot, { l1: deaf, store, keys: [world.rival] });
      await publisher.enqueue(propose(await world.build(slot)));
      const [result] = await stage.run(publisher.sendRequestsAt(slot));
      expect(result && tellResult(result)).to.equal("propose failed: socket hang up");
      const nonce = await l1.minedNonce(world.rival.address);
      expect(await store.load(world.rival.address)).to.deep.include({ nonce, blobCount: 1, proposes: slot });
    });

    it("does not know what blobs cost, offers a price of its own", async () => {
      const blobless: PublisherL1 = { ...l1, head: async () => ({ ...(await l1.head()), blobBaseFee: undefined }) };
      const { publisher, events } = await stage.publisher(slot, { l1: blobless });
      await publisher.enqueue(propose(await world.build(slot)));
      const [result] = await stage.run(publisher.sendRequestsAt(slot));
      expect(result?.outcome).to.equal("included");
      const [sent] = events.filter(isSent).map(({ request }) => request as unknown as BlobFees);
      expect(sent?.maxFeePerBlobGas).to.equal(4n * 10n ** 9n);
    });

    it("takes no blobs, says so for the proposal", async () => {
      const plain: PublisherL1 = {
        ...l1,
        send: (request) =>
          "sidecars" in request
            ? Promise.reject(
                new L1SubmissionError(request.from.address, request.nonce, new Error("type 3 unsupported")),
              )
            : l1.send(request),
      };
      const { publisher } = await stage.publisher(slot, { l1: plain });
      await publisher.enqueue(propose(await world.build(slot)));
      const [result] = await stage.run(publisher.sendRequestsAt(slot));
      expect(result?.outcome).to.equal("failed");
      expect(result?.reason).to.contain("type 3 unsupported");
      await publisher.enqueue(await signal());
      const [vote] = await stage.run(publisher.sendRequestsAt(slot));
      expect(vote?.outcome, "what has no blobs").to.equal("included");
    });

    it("is an hour behind its clock, believes the node", async () => {
      const hour = 3_600_000;
      const fast: Clock = {
        get now() {
          return stage.clock.now + hour;
        },
        sleepUntil: (ms) => stage.clock.sleepUntil(ms - hour),
      };
      const { publisher, events } = await stage.publisher(slot, { clock: fast });
      await publisher.enqueue(propose(await world.build(slot)));
      const [result] = await stage.run(publisher.sendRequestsAt(slot));
      expect(result?.outcome).to.equal("included");
      expect(events.some((event) => event.kind === "clocks-disagree" && event.seconds > 3_000n)).to.equal(true);
    });

    it("is an hour ahead of its clock, believes the node", async () => {
      const { publisher, events } = await stage.publisher(slot, {
        clock: {
          get now() {
            return stage.clock.now - 3_600_000;
          },
          sleepUntil: (ms) => stage.clock.sleepUntil(ms + 3_600_000),
        },
      });
      await publisher.enqueue(propose(await world.build(slot)));
      const [result] = await stage.run(publisher.sendRequestsAt(slot));
      expect(result?.outcome).to.equal("included");
      expect(events.some((event) => event.kind === "clocks-disagree" && event.seconds < -3_000n)).to.equal(true);
    });
  });
});

interface BlobFees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  readonly maxFeePerBlobGas: bigint;
}
