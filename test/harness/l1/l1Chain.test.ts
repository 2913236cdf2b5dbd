import { expect } from "chai";
import hardhat from "hardhat";

import { openEmbeddedChain } from "../../../harness/l1/embeddedChain.ts";
import { includeAll } from "../../../harness/l1/inclusionPolicy.ts";
import type { L1Chain } from "../../../harness/l1/l1Chain.ts";
import { L1ClockError, L1RevertError, L1SubmissionError } from "../../../harness/l1/l1Errors.ts";
import {
  BURNER,
  CLOCK,
  poor,
  prepare,
  REVERT_DATA,
  REVERTER,
  sender,
  TARGET,
  unluckyAbi,
} from "../../support/l1Accounts.ts";
import { rejection } from "../../support/rejection.ts";

describe("The L1 chain", () => {
  let chain: L1Chain;

  beforeEach(async () => {
    chain = await prepare(await openEmbeddedChain(hardhat, { errorAbi: () => Promise.resolve(unluckyAbi) }));
  });

  afterEach(async () => {
    await chain.close();
  });

  it("mines a transaction that reverts, measures its gas and decodes why", async () => {
    const receipt = await chain.execute({ from: sender, to: REVERTER, gas: 100_000n }, { allowRevert: true });
    expect(receipt.status).to.equal("reverted");
    expect(receipt.gasUsed > 21_000n && receipt.gasUsed < 100_000n, `gas ${receipt.gasUsed.toString()}`).to.equal(true);

    const error = await rejection(chain.execute({ from: sender, to: REVERTER }), L1RevertError);
    expect(error.errorName).to.equal("Unlucky");
    expect(error.args).to.deep.equal([1n, 2n]);
    expect(error.to).to.equal(REVERTER);
  });

  it("decodes the revert of a call in the same way", async () => {
    const error = await rejection(chain.call({ to: REVERTER, data: "0x" }), L1RevertError);
    expect(error.errorName).to.equal("Unlucky");
    expect(error.args).to.deep.equal([1n, 2n]);
  });

  it("keeps the raw data of a revert when nobody gave it an ABI", async () => {
    const bare = await prepare(await openEmbeddedChain(hardhat));
    for (const attempt of [bare.call({ to: REVERTER, data: "0x" }), bare.execute({ from: sender, to: REVERTER })]) {
      const error = await rejection(attempt, L1RevertError);
      expect([error.errorName, error.args, error.data]).to.deep.equal([undefined, [], REVERT_DATA]);
    }
    await bare.close();
  });

  it("asks for the errors when the first revert wants them, not before", async () => {
    let asked = 0;
    const lazy = await prepare(
      await openEmbeddedChain(hardhat, { errorAbi: () => Promise.resolve((asked++, unluckyAbi)) }),
    );
    await lazy.execute({ from: sender, to: TARGET });
    await lazy.execute({ from: sender, to: REVERTER }, { allowRevert: true });
    expect(asked).to.equal(0);
    await rejection(lazy.call({ to: REVERTER, data: "0x" }), L1RevertError);
    expect(asked).to.equal(1);
    await lazy.close();
  });

  it("runs a call at a later second without moving the clock", async () => {
    const now = await chain.now();
    expect(BigInt(await chain.call({ to: CLOCK, data: "0x", timestamp: now + 100n }))).to.equal(now + 100n);
    expect(await chain.now()).to.equal(now);
  });

  it("executes one transaction alone, past a policy and before everybody who waits", async () => {
    chain.producer.policy = () => [];
    const { hash } = await chain.submit({ from: poor, to: TARGET });
    const { status, transactionIndex } = await chain.execute({ from: sender, to: TARGET });
    expect([status, transactionIndex]).to.deep.equal(["success", 0]);
    expect(chain.mempool.waiting.map((tx) => tx.hash)).to.deep.equal([hash]);
  });

  it("leaves nothing waiting when a transaction could not be executed", async () => {
    await rejection(chain.execute({ from: poor, to: TARGET }), L1SubmissionError);
    await rejection(chain.execute({ from: sender, to: TARGET }, { timestamp: await chain.now() }), L1ClockError);
    // Its turn will never come.
    await rejection(chain.execute({ from: sender, to: BURNER, nonce: 5 }), L1SubmissionError);
    expect(chain.mempool.waiting).to.deep.equal([]);
    expect((await chain.execute({ from: sender, to: TARGET })).status, "the next one").to.equal("success");
  });

  it("fills a balance up to what it is to have at least, and leaves who has more alone", async () => {
    const balance = () => chain.publicClient.getBalance({ address: TARGET });
    for (let round = 0; round < 2; round++) {
      await chain.ensureBalance(TARGET, 5n);
      expect(await balance(), "wei").to.equal(5n);
    }
    await chain.ensureBalance(TARGET, 4n);
    expect(await balance(), "wei").to.equal(5n);
    expect(await chain.publicClient.getBlockNumber(), "no block is mined for it").to.equal(0n);
  });

  it("goes back to a snapshot as often as wanted", async () => {
    const start = await chain.now();
    const restore = await chain.snapshot();
    for (let i = 0; i < 2; i++) {
      await chain.execute({ from: sender, to: TARGET, value: 5n });
      await restore();
      expect(await chain.now(), "seconds").to.equal(start);
      expect(await chain.publicClient.getBalance({ address: TARGET }), "wei").to.equal(0n);
    }
  });

  it("goes back to what waited, to the policy and to the base fee as well", async () => {
    const { hash } = await chain.submit({ from: sender, to: TARGET });
    const restore = await chain.snapshot();
    chain.producer.policy = () => [];
    chain.producer.baseFeePerGas = 7n;
    await chain.submit({ from: sender, to: TARGET });
    await chain.mine({ include: [hash] });
    await restore();
    expect(chain.mempool.waiting.map((tx) => tx.hash)).to.deep.equal([hash]);
    expect(chain.producer.policy).to.equal(includeAll);
    expect(chain.producer.baseFeePerGas, "wei per gas").to.equal(10n ** 9n);
    expect((await chain.mine()).receipts, "it can be mined again").to.have.length(1);
  });
});
