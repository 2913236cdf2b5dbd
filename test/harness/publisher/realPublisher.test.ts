import { setTimeout } from "node:timers/promises";

import { expect } from "chai";
import { isAddressEqual, zeroAddress, type PrivateKeyAccount, type Transaction } from "viem";

import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { governanceSignalCall } from "../../../harness/consensus/bundledCalls.ts";
import { mainnetLikeConfig } from "../../../harness/network/networkConfig.ts";
import { lateSubmissionAbi } from "../../../harness/protocol/abis.ts";
import { ManualClock } from "../../../harness/publisher/clock.ts";
import type { PublishResult } from "../../../harness/publisher/publisher.ts";
import { RealPublisher, type RealPublisherOptions } from "../../../harness/publisher/realPublisher.ts";
import { expectGasSnapshot } from "../../support/gasSnapshot.ts";
import { openAnvilWorld, type AnvilWorld } from "../../support/anvilWorld.ts";
import { describeWithAnvil } from "../../support/withAnvil.ts";

const GWEI = 10n ** 9n;
/** What an operator sets so that a slip lands. */
const SLIPPABLE = { cancelTxOnTimeout: false, gasLimitBufferPercentage: 40 };

const tell = ({ action, outcome, reason }: PublishResult) => `${action} ${outcome}: ${reason}`;

// Upstream's code, unmodified, on a committee of mainnet's size, because its gas limit is what decides.
describeWithAnvil("The publisher of v4.1.2 (anvil)", () => {
  let world: AnvilWorld;
  let clock: ManualClock;
  let slot: bigint;
  let account: PrivateKeyAccount;
  let checkpoint: AttestedCheckpoint;
  let publishers: RealPublisher[];
  /** Gas, for the list for node teams. */
  const figures: Record<string, bigint> = {};

  before(async () => {
    world = await openAnvilWorld({ seed: "publisher", config: mainnetLikeConfig(), validatorCount: 64 });
    slot = world.firstSlot;
    // An epoch's first proposal costs more and would hide what a limit is short of.
    await world.landOnTime(slot);
  });

  beforeEach(async () => {
    publishers = [];
    slot += 2n;
    await world.chain.mineAt(world.at(slot));
    account = await world.proposerOf(slot);
    await world.chain.ensureBalance(account.address, 10n ** 20n);
    clock = new ManualClock(Number(world.at(slot)) * 1000);
    checkpoint = await world.build(slot);
  });

  afterEach(() => publishers.forEach((publisher) => publisher.close()));

  after(() => world.close());

  async function open(config: RealPublisherOptions["config"] = {}, from = account): Promise<RealPublisher> {
    const { url, chain, rollup, contracts } = world;
    const publisher = await RealPublisher.open({ url, chain, rollup, contracts, account: from, clock, config });
    publishers.push(publisher);
    return publisher;
  }

  const propose = () => ({ action: "propose", checkpoint, expirySlot: slot }) as const;

  /** Mines a block so many seconds into the slot, with what the node has heard of, and returns that. */
  async function mine(seconds: bigint, baseFeePerGas?: bigint): Promise<readonly Transaction[]> {
    await world.chain.mineAt(world.at(slot, seconds), { baseFeePerGas });
    clock.advanceTo(Number(world.at(slot, seconds)) * 1000);
    const { publicClient } = world.chain;
    return (await publicClient.getBlock({ includeTransactions: true })).transactions;
  }

  /** Waits until the node has heard of so many transactions. */
  async function heard(count: number): Promise<void> {
    for (;;) {
      const { pending } = await world.chain.rpc<{ pending: string }>("txpool_status");
      if (Number(pending) >= count) return;
      await setTimeout(10);
    }
  }

  const receiptOf = (transaction: Transaction | undefined) =>
    world.chain.publicClient.getTransactionReceipt({ hash: transaction?.hash ?? "0x" });

  const landedSlots = async () => {
    await world.follower.sync();
    return world.follower.chain.map((landed) => landed.slot);
  };

  it("lands on time with a fifth more gas than its simulation used", async () => {
    const publisher = await open();
    await publisher.enqueue(propose());
    const sending = publisher.send();
    await heard(1);
    const [transaction] = await mine(12n);
    const [result] = await sending;
    expect(result?.outcome).to.equal("included");
    const used = Number(result?.receipt?.gasUsed);
    expect(Number(transaction?.gas) / used, "gas limit against gas used").to.be.within(1.15, 1.35);
    figures["onTimeUsed"] = BigInt(used);
    figures["onTimeLimit"] = transaction?.gas ?? 0n;
  });

  it("cancels itself in the slot's last L1 block, and the cancellation lands instead", async () => {
    const publisher = await open();
    await publisher.enqueue(propose());
    const sending = publisher.send();
    await heard(1);
    // Twelve seconds before the slot ends; no builder could take it at this base fee.
    expect(await mine(60n, 1_000n * GWEI)).to.deep.equal([]);
    expect((await sending).map(tell)).to.deep.equal(["propose failed: gave up"]);
    await setTimeout(500);
    const [cancellation] = await mine(72n);
    expect(cancellation?.to && isAddressEqual(cancellation.to, account.address), "pays itself nothing").to.equal(true);
    expect(cancellation?.gas).to.equal(21_000n);
    expect(await landedSlots()).not.to.include(slot);
  });

  it("does not cancel when told not to, but runs out of gas over the boundary", async () => {
    const publisher = await open({ cancelTxOnTimeout: false });
    await publisher.enqueue(propose());
    await mine(60n);
    const sending = publisher.send();
    await heard(1);
    const [transaction] = await mine(72n);
    await sending;
    const revert = await world.chain.getInnerRevert(transaction?.hash ?? "0x", world.rollup.address);
    expect(revert?.data, "no reason, because no gas").to.equal("0x");
    figures["slipBurned"] = (await receiptOf(transaction)).gasUsed;
    expect(await landedSlots()).not.to.include(slot);
  });

  it("slips over the boundary with cancellation off and two fifths more gas, and does not notice; nobody is credited", async () => {
    const publisher = await open(SLIPPABLE);
    await publisher.enqueue(propose());
    await mine(60n);
    const sending = publisher.send();
    await heard(1);
    const [transaction] = await mine(72n);
    expect((await sending).map(tell)).to.deep.equal(["propose failed: gave up"]);
    expect(await landedSlots()).to.include(slot);
    figures["slipLanded"] = (await receiptOf(transaction)).gasUsed;
    const { submitter } = await world.chain.publicClient.readContract({
      address: world.rollup.address,
      abi: lateSubmissionAbi,
      functionName: "getLateSubmission",
      args: [slot],
    });
    expect(submitter).to.equal(zeroAddress);
  });

  it("slips over the boundary without more ado when a signal brings its gas along, proposal first", async () => {
    const publisher = await open({ cancelTxOnTimeout: false });
    const { target, callData } = await governanceSignalCall(world, account, slot, world.rollup.address);
    await publisher.enqueue({ action: "governance-signal", call: { target, callData }, expirySlot: slot });
    await publisher.enqueue(propose());
    const limit = publisher.gasLimit;
    expect(limit, "800,000 on top").to.satisfy((gas: bigint) => gas > 1_200_000n);
    await mine(60n);
    const sending = publisher.send();
    await heard(1);
    const [transaction] = await mine(72n);
    await sending;
    expect(transaction?.gas).to.equal(limit);
    expect(transaction?.input.indexOf(checkpoint.proposeCalldata.slice(2)), "the proposal comes first").to.be.lessThan(
      transaction?.input.indexOf(callData.slice(2)) ?? 0,
    );
    expect(await landedSlots()).to.include(slot);
  });

  it("sends nothing after the boundary: it rescues nobody, not even itself", async () => {
    const publisher = await open(SLIPPABLE);
    await publisher.enqueue(propose());
    await mine(72n);
    const results = await publisher.send();
    expect(results.map(tell)).to.deep.equal(["propose expired: slot over"]);
    expect(await mine(84n)).to.deep.equal([]);
  });

  it("pays for a duplicate when its rival is mined first, and sends none when it had landed before", async () => {
    const rivalAccount = await world.account("rival");
    const [first, rival, third] = [await open(), await open({}, rivalAccount), await open()];
    for (const publisher of [first, rival]) await publisher.enqueue(propose());
    const sending = first.send();
    await heard(1);
    const rivalling = rival.send();
    await heard(2);
    expect(await mine(12n)).to.have.length(2);
    expect((await sending).map(tell)).to.deep.equal(["propose included: mined"]);
    const [lost] = await rivalling;
    expect(lost && tell(lost)).to.equal("propose failed: reverted");
    expect(lost?.receipt?.status, "its bundle as such succeeds").to.equal("success");
    figures["duplicate"] = lost?.receipt?.gasUsed ?? 0n;
    await third.enqueue(propose());
    const [dropped] = await third.send();
    expect(dropped?.outcome).to.equal("dropped");
    expect(dropped?.reason).to.match(/Rollup__InvalidArchive|Rollup__SlotAlreadyInChain/);
  });

  it("costs what the list for node teams says", async () => {
    await expectGasSnapshot("realPublisher", figures);
  });
});
