import { expect } from "chai";
import hardhat from "hardhat";
import { toHex, type Hex } from "viem";

import { openEmbeddedChain } from "../../../harness/l1/embeddedChain.ts";
import { includeAll, includeOnly, type InclusionPolicy } from "../../../harness/l1/inclusionPolicy.ts";
import type { L1Chain } from "../../../harness/l1/l1Chain.ts";
import { L1ClockError, L1SubmissionError } from "../../../harness/l1/l1Errors.ts";
import type { MinedBlock } from "../../../harness/l1/l1Transaction.ts";
import { BURNER, makeSidecar, other, poor, prepare, sender, TARGET } from "../../support/l1Accounts.ts";
import { rejection } from "../../support/rejection.ts";

const hashesOf = ({ receipts }: MinedBlock) => receipts.map(({ transactionHash }) => transactionHash);

describe("The producer of L1's blocks", () => {
  let chain: L1Chain;

  const waiting = () => chain.mempool.waiting.map(({ hash }) => hash);

  beforeEach(async () => {
    chain = await prepare(await openEmbeddedChain(hardhat));
  });

  afterEach(async () => {
    await chain.close();
  });

  it("mines only when told to, and exactly at the second it was told", async () => {
    const start = await chain.now();
    await chain.submit({ from: sender, to: TARGET, value: 1n });
    expect(await chain.now(), "submitting must not move the clock").to.equal(start);

    const block = await chain.mineAt(start + 7n);

    expect(block.timestamp, "block time in seconds").to.equal(start + 7n);
    expect(await chain.now(), "clock in seconds").to.equal(start + 7n);
    expect(block.receipts.map(({ status }) => status)).to.deep.equal(["success"]);
  });

  it("refuses a block that is not later than its parent, and takes nothing for it", async () => {
    const { hash } = await chain.submit({ from: sender, to: TARGET });
    const now = await chain.now();
    const error = await rejection(chain.mineAt(now), L1ClockError);
    expect(error.fields).to.deep.include({ requested: now, latest: now });
    expect(waiting()).to.deep.equal([hash]);
  });

  it("tells one L1 block as several, where that is asked for", async () => {
    await chain.mine();
    const now = await chain.now();
    expect((await chain.mineAt(now, { sameTimestamp: true })).timestamp, "seconds").to.equal(now);
    await rejection(chain.mineAt(now - 1n, { sameTimestamp: true }), L1ClockError);
  });

  it("keeps several transactions of one block in the order of submission", async () => {
    const hashes: Hex[] = [];
    for (let i = 0n; i < 5n; i++) hashes.push((await chain.submit({ from: sender, to: TARGET, value: i })).hash);
    const block = await chain.mine();
    expect(hashesOf(block)).to.deep.equal(hashes);
    expect(new Set(block.receipts.map(({ blockNumber }) => blockNumber))).to.deep.equal(new Set([block.number]));
  });

  it("includes only the transactions that were asked for and lets the others wait", async () => {
    const first = await chain.submit({ from: sender, to: TARGET });
    const second = await chain.submit({ from: other, to: TARGET });
    expect(hashesOf(await chain.mine({ include: [second.hash] }))).to.deep.equal([second.hash]);
    expect(waiting()).to.deep.equal([first.hash]);
  });

  it("lets a transaction that does not fit into the block wait for the next one", async () => {
    const gas = 16_000_000n;
    for (let i = 0; i < 4; i++) await chain.submit({ from: sender, to: BURNER, gas });
    expect((await chain.mine()).receipts, "60 M gas hold three that burn 16 M each").to.have.length(3);
    expect(waiting()).to.have.length(1);
    expect((await chain.mine()).receipts, "the fourth").to.have.length(1);
    expect(waiting()).to.deep.equal([]);
  });

  it("pins the base fee, for every block or for one", async () => {
    expect((await chain.mine()).baseFeePerGas, "wei per gas, default").to.equal(10n ** 9n);
    chain.producer.baseFeePerGas = 5n * 10n ** 9n;
    expect((await chain.mine()).baseFeePerGas, "wei per gas, pinned").to.equal(5n * 10n ** 9n);
    expect((await chain.mine({ baseFeePerGas: 7n })).baseFeePerGas, "wei per gas, once").to.equal(7n);
    expect((await chain.mine()).baseFeePerGas, "wei per gas, pinned again").to.equal(5n * 10n ** 9n);
  });

  it("sets prevrandao from its seed and the block's number, or as told", async () => {
    const twin = await openEmbeddedChain(hardhat);
    const another = await openEmbeddedChain(hardhat, { seed: "another" });
    const randaos = [];
    for (const each of [chain, twin, another]) {
      await each.mine();
      randaos.push((await each.publicClient.getBlock()).mixHash);
    }
    expect(randaos[0]).to.equal(randaos[1]);
    expect(randaos[0]).not.to.equal(randaos[2]);
    await chain.mine({ prevRandao: toHex(77n, { size: 32 }) });
    expect((await chain.publicClient.getBlock()).mixHash).to.equal(toHex(77n, { size: 32 }));
    await twin.close();
    await another.close();
  });

  describe("under a policy", () => {
    it("lets what the policy leaves out wait, block after block, until the policy takes it", async () => {
      const censored = await chain.submit({ from: sender, to: TARGET });
      const taken = await chain.submit({ from: other, to: TARGET });
      chain.producer.policy = (candidates) => candidates.filter(({ from }) => from !== sender.address);
      expect(hashesOf(await chain.mine())).to.deep.equal([taken.hash]);
      expect(hashesOf(await chain.mine()), "nothing is left that may go in").to.deep.equal([]);
      expect(waiting()).to.deep.equal([censored.hash]);
      chain.producer.policy = includeAll;
      expect(hashesOf(await chain.mine())).to.deep.equal([censored.hash]);
      expect(waiting()).to.deep.equal([]);
    });

    it("puts transactions into the order that the policy gives, which who arrived last may lead", async () => {
      const first = await chain.submit({ from: sender, to: TARGET });
      const second = await chain.submit({ from: other, to: TARGET });
      chain.producer.policy = (candidates) => [...candidates].reverse();
      const { receipts } = await chain.mine();
      const places = receipts.map(({ transactionHash, transactionIndex }) => [transactionHash, transactionIndex]);
      expect(places).to.deep.equal([
        [second.hash, 0],
        [first.hash, 1],
      ]);
    });

    it("is shown what waits in order of arrival, and overruled by a list of its own", async () => {
      const seen: (readonly Hex[])[] = [];
      const nothing: InclusionPolicy = (candidates) => {
        seen.push(candidates.map(({ hash }) => hash));
        return [];
      };
      const first = await chain.submit({ from: sender, to: TARGET });
      const second = await chain.submit({ from: other, to: TARGET });
      chain.producer.policy = nothing;
      expect((await chain.mine()).receipts).to.deep.equal([]);
      expect(seen).to.deep.equal([[first.hash, second.hash]]);
      expect(hashesOf(await chain.mine({ include: [second.hash, first.hash] }))).to.deep.equal([
        second.hash,
        first.hash,
      ]);
      expect(seen, "asked once").to.have.length(1);
    });

    it("names transactions that do not wait without effect", async () => {
      const { hash } = await chain.submit({ from: sender, to: TARGET });
      const unknown: Hex = `0x${"77".repeat(32)}`;
      expect(includeOnly([unknown, hash])(chain.mempool.waiting).map((tx) => tx.hash)).to.deep.equal([hash]);
    });

    it("counts the nonces of what waits, so that a later block takes the next transaction of the same sender", async () => {
      const first = await chain.submit({ from: sender, to: TARGET });
      const second = await chain.submit({ from: sender, to: TARGET });
      expect([first.nonce, second.nonce]).to.deep.equal([0, 1]);
      expect(hashesOf(await chain.mine({ include: [first.hash] }))).to.deep.equal([first.hash]);
      expect(hashesOf(await chain.mine())).to.deep.equal([second.hash]);
    });

    it("cannot make a block of what the chain does not allow: a nonce too early keeps waiting", async () => {
      const first = await chain.submit({ from: sender, to: TARGET });
      const second = await chain.submit({ from: sender, to: TARGET });
      expect(hashesOf(await chain.mine({ include: [second.hash] })), "its turn has not come").to.deep.equal([]);
      expect(waiting()).to.deep.equal([first.hash, second.hash]);
      expect(hashesOf(await chain.mine())).to.deep.equal([first.hash, second.hash]);
    });
  });

  describe("with a transaction that the node refuses", () => {
    it("names it, mines nothing, and drops what was chosen with it", async () => {
      const height = await chain.publicClient.getBlockNumber();
      const left = await chain.submit({ from: other, to: TARGET });
      const good = await chain.submit({ from: sender, to: TARGET });
      const bad = await chain.submit({ from: poor, to: TARGET });
      const error = await rejection(chain.mine({ include: [good.hash, bad.hash] }), L1SubmissionError);
      expect(error.fields).to.deep.include({ from: poor.address, nonce: 0 });
      expect(await chain.publicClient.getBlockNumber(), "height").to.equal(height);
      expect(waiting(), "what was not chosen").to.deep.equal([left.hash]);
    });

    it("has taken the good ones back out of the node as well: their senders begin again", async () => {
      await chain.submit({ from: sender, to: TARGET, value: 1n });
      await chain.submit({ from: poor, to: TARGET });
      await rejection(chain.mine(), L1SubmissionError);
      expect((await chain.mine()).receipts, "nothing lingers").to.deep.equal([]);
      const again = await chain.submit({ from: sender, to: TARGET, value: 2n });
      expect(again.nonce).to.equal(0);
      expect(hashesOf(await chain.mine())).to.deep.equal([again.hash]);
    });

    it("leaves auto-mining off when the refused one carries blobs", async () => {
      await chain.submit({ from: poor, to: TARGET, sidecars: [await makeSidecar(1n)] });
      await rejection(chain.mine(), L1SubmissionError);
      const { hash } = await chain.submit({ from: sender, to: TARGET });
      expect(waiting()).to.deep.equal([hash]);
      const height = await chain.publicClient.getBlockNumber();
      const { receipts } = await chain.mine();
      expect(receipts.map(({ transactionHash, blockNumber }) => [transactionHash, blockNumber])).to.deep.equal([
        [hash, height + 1n],
      ]);
      expect(await chain.publicClient.getBlockNumber(), "one block").to.equal(height + 1n);
    });
  });
});
