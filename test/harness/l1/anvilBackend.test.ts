import { expect } from "chai";
import hardhat from "hardhat";
import { toHex } from "viem";

import { openEmbeddedChain } from "../../../harness/l1/embeddedChain.ts";
import { L1RevertError, UnsupportedL1FeatureError } from "../../../harness/l1/l1Errors.ts";
import { openRpcChain, type RpcChainOptions } from "../../../harness/l1/openRpcChain.ts";
import { startAnvil, type AnvilProcess } from "../../../harness/l1/startAnvil.ts";
import { CLOCK, makeSidecar, prepare, REVERTER, sender, TARGET, unluckyAbi } from "../../support/l1Accounts.ts";
import { rejection } from "../../support/rejection.ts";
import { describeWithAnvil } from "../../support/withAnvil.ts";

describeWithAnvil("The L1 chain over anvil", () => {
  let anvil: AnvilProcess;

  beforeEach(async () => {
    anvil = await startAnvil();
  });

  afterEach(async () => {
    await anvil.stop();
  });

  const open = async (options: Partial<RpcChainOptions> = {}) =>
    prepare(await openRpcChain({ url: anvil.url, baseFeePerGas: 10n ** 9n, ...options }));

  it("mines blob and other transactions in one block, with cell proofs", async () => {
    const chain = await open();
    expect(chain.blobWrapper).to.equal("cell-proofs");
    const at = (await chain.now()) + 12n;
    await chain.submit({ from: sender, to: TARGET });
    await chain.submit({ from: sender, to: TARGET, sidecars: [await makeSidecar(1n)] });
    await chain.submit({ from: sender, to: TARGET, sidecars: [await makeSidecar(2n)] });
    const { receipts, timestamp } = await chain.mineAt(at);
    expect(timestamp, "seconds").to.equal(at);
    expect(receipts.map(({ status }) => status)).to.deep.equal(["success", "success", "success"]);
    expect(new Set(receipts.map(({ blockNumber }) => blockNumber)).size, "blocks").to.equal(1);
  });

  it("wants proofs of whole blobs before Osaka, and cell proofs, which must be there, from then on", async () => {
    expect((await open({ hardfork: "prague" })).blobWrapper).to.equal("blob-proofs");
    const chain = await open({ hardfork: "osaka" });
    const { blob, commitment, proof } = await makeSidecar(1n);
    const request = { from: sender, to: TARGET, sidecars: [{ blob, commitment, proof }] };
    await rejection(chain.submit(request), UnsupportedL1FeatureError);
    expect(chain.mempool.waiting).to.deep.equal([]);
  });

  it("runs a call at a later second and decodes reverts", async () => {
    const chain = await open({ errorAbi: () => Promise.resolve(unluckyAbi) });
    const at = (await chain.now()) + 100n;
    expect(BigInt(await chain.call({ to: CLOCK, data: "0x", timestamp: at }))).to.equal(at);
    const error = await rejection(chain.execute({ from: sender, to: REVERTER }), L1RevertError);
    expect([error.errorName, ...error.args]).to.deep.equal(["Unlucky", 1n, 2n]);
  });

  it("says that prevrandao is not its caller's to choose, and keeps what waits", async () => {
    const chain = await open();
    const { hash } = await chain.submit({ from: sender, to: TARGET });
    await rejection(chain.mine({ prevRandao: toHex(77n, { size: 32 }) }), UnsupportedL1FeatureError);
    expect(chain.mempool.waiting.map((tx) => tx.hash)).to.deep.equal([hash]);
    expect((await chain.mine()).receipts).to.have.length(1);
  });

  it("can be forked by the embedded chain", async () => {
    const source = await open();
    await source.mine();
    const fork = await openEmbeddedChain(hardhat, { fork: { url: anvil.url, blockNumber: 1n } });
    const now = await fork.now();
    expect(now, "seconds of the forked block").to.equal(await source.now());
    await fork.mineAt(now + 12n);
    expect(BigInt(await fork.call({ to: CLOCK, data: "0x" })), "code comes from the source").to.equal(now + 12n);
    await fork.close();
  });
});
