import { expect } from "chai";
import hardhat from "hardhat";
import type { Hex } from "viem";

import { openEmbeddedChain } from "../../../harness/l1/embeddedChain.ts";
import { L1AnswerError, L1SubmissionError, UnsupportedL1FeatureError } from "../../../harness/l1/l1Errors.ts";
import { openRpcChain } from "../../../harness/l1/openRpcChain.ts";
import { startAnvil } from "../../../harness/l1/startAnvil.ts";
import { CLOCK, poor, prepare, REVERT_DATA, REVERTER, sender, TARGET } from "../../support/l1Accounts.ts";
import { rejection } from "../../support/rejection.ts";
import { describeWithAnvil } from "../../support/withAnvil.ts";

const GAS = 100_000n;

describeWithAnvil("Simulating a transaction", () => {
  it("tells what it would do at another second, and what it would cost", async () => {
    const anvil = await startAnvil();
    try {
      const chain = await prepare(await openRpcChain({ url: anvil.url }));
      const timestamp = (await chain.now()) + 1_000n;
      const call = { from: sender.address, data: "0x", gas: GAS, timestamp } as const;
      const { isSuccess, gasUsed, returnData } = await chain.simulate({ ...call, to: CLOCK });
      expect([isSuccess, BigInt(returnData)]).to.deep.equal([true, timestamp]);
      expect(gasUsed).to.satisfy((gas: bigint) => gas > 21_000n && gas < GAS);
      expect(await chain.simulate({ ...call, to: REVERTER })).to.include({ isSuccess: false, returnData: REVERT_DATA });
    } finally {
      await anvil.stop();
    }
  });

  it("says that a node cannot, or that its answer is none", async () => {
    const chain = await openEmbeddedChain(hardhat);
    const request = { from: sender.address, to: TARGET, data: "0x", gas: GAS, timestamp: 2_000_000_000n } as const;
    await rejection(chain.simulate(request), UnsupportedL1FeatureError);
    for (const answer of ["what?", [], [{ calls: [] }], [{ calls: [{ status: "0x1", gasUsed: 5 }] }]]) {
      const mad = Object.assign(Object.create(chain) as typeof chain, { rpc: () => Promise.resolve(answer) });
      await rejection(mad.simulate(request), L1AnswerError);
    }
    await chain.close();
  });
});

describeWithAnvil("Sending at once", () => {
  it("tells a refusal from a connection that broke", async () => {
    const anvil = await startAnvil();
    const chain = await prepare(await openRpcChain({ url: anvil.url }));
    try {
      const { hash } = await chain.sendAtOnce({ from: sender, to: TARGET });
      await chain.mine();
      expect(await chain.rpc<{ status: Hex }>("eth_getTransactionReceipt", [hash])).to.include({ status: "0x1" });
      await rejection(chain.sendAtOnce({ from: poor, to: TARGET, value: 1n }), L1SubmissionError);
    } finally {
      await anvil.stop();
    }
    const error = await rejection(chain.sendAtOnce({ from: sender, to: TARGET, nonce: 7 }), Error);
    expect(error).not.to.be.instanceOf(L1SubmissionError);
  });
});
