import { expect } from "chai";
import { encodeFunctionData, parseAbi, toHex, type Address, type Hex } from "viem";

import { deriveAccount } from "../../../harness/l1/deriveAccount.ts";
import { openEmbeddedChain, SUPPORTED_HARDFORKS } from "../../../harness/l1/embeddedChain.ts";
import type { L1Chain } from "../../../harness/l1/l1Chain.ts";
import {
  L1ClockError,
  L1RevertError,
  L1SubmissionError,
  UnsupportedL1FeatureError,
} from "../../../harness/l1/l1Errors.ts";
import type { BlobSidecar } from "../../../harness/l1/l1Transaction.ts";
import { openRpcChain } from "../../../harness/l1/openRpcChain.ts";
import { startAnvil } from "../../../harness/l1/startAnvil.ts";
import { Blob, getKzg } from "../../../harness/upstream/blobLib.ts";
import { Fr } from "../../../harness/upstream/foundation.ts";
import { rejection } from "../../support/rejection.ts";

const { account } = deriveAccount("l1-chain-test", "sender");
const TARGET: Address = "0x00000000000000000000000000000000000000bb";
/** Returns block.timestamp. */
const CLOCK: Address = "0x00000000000000000000000000000000000000cc";
/** Reverts with EmpireBase__InsufficientSignals(1, 2) of upstream's governance. */
const REVERTER: Address = "0x00000000000000000000000000000000000000dd";

/** Burns all the gas it is given. */
const BURNER: Address = "0x00000000000000000000000000000000000000ee";

async function makeSidecar(value: bigint): Promise<BlobSidecar> {
  const blob = await Blob.fromFields([new Fr(value)]);
  const kzg = getKzg();
  return {
    blob: toHex(blob.data),
    commitment: toHex(blob.commitment),
    proof: toHex(kzg.computeBlobKzgProof(blob.data, blob.commitment)),
    cellProofs: kzg.computeCellsAndKzgProofs(blob.data).proofs.map((proof) => toHex(proof)),
  };
}

async function prepare(chain: L1Chain): Promise<L1Chain> {
  await chain.setBalance(account.address, 10n ** 20n);
  await chain.setCode(BURNER, "0xfe");
  await chain.setCode(CLOCK, "0x4260005260206000f3");
  const revertData = encodeFunctionData({
    abi: parseAbi(["function EmpireBase__InsufficientSignals(uint256 signalsCast, uint256 quorum)"]),
    args: [1n, 2n],
  }).slice(2);
  // CODECOPY the data behind the ten bytes of code, then REVERT with it.
  await chain.setCode(REVERTER, `0x6044600c60003960446000fd${revertData}`);
  return chain;
}

describe("The L1 chain", () => {
  let chain: L1Chain;

  beforeEach(async () => {
    chain = await prepare(await openEmbeddedChain(hardhat));
  });

  afterEach(async () => {
    await chain.close();
  });

  it("mines only when told to, and exactly at the second it was told", async () => {
    const start = await chain.now();
    await chain.submit({ from: account, to: TARGET, value: 1n });
    expect(await chain.now(), "submitting must not move the clock").to.equal(start);

    const block = await chain.mineAt(start + 7n);

    expect(block.timestamp, "block time in seconds").to.equal(start + 7n);
    expect(await chain.now(), "clock in seconds").to.equal(start + 7n);
    expect(block.receipts.map(({ status }) => status)).to.deep.equal(["success"]);
  });

  it("refuses a block that is not later than its parent", async () => {
    const now = await chain.now();
    const error = await rejection(chain.mineAt(now), L1ClockError);
    expect(error.fields).to.deep.include({ requested: now, latest: now });
  });

  it("keeps several transactions of one block in the order of submission", async () => {
    const hashes: Hex[] = [];
    for (let i = 0n; i < 5n; i++) hashes.push((await chain.submit({ from: account, to: TARGET, value: i })).hash);
    const { receipts, number } = await chain.mine();
    expect(receipts.map(({ transactionHash }) => transactionHash)).to.deep.equal(hashes);
    expect(new Set(receipts.map(({ blockNumber }) => blockNumber))).to.deep.equal(new Set([number]));
  });

  it("includes only the transactions that were asked for and lets the others wait", async () => {
    const other = deriveAccount("l1-chain-test", "other").account;
    await chain.setBalance(other.address, 10n ** 20n);
    const first = await chain.submit({ from: account, to: TARGET });
    const second = await chain.submit({ from: other, to: TARGET });
    const { receipts } = await chain.mine({ include: [second.hash] });
    expect(receipts.map(({ transactionHash }) => transactionHash)).to.deep.equal([second.hash]);
    expect(chain.mempool.waiting.map(({ hash }) => hash)).to.deep.equal([first.hash]);
  });

  it("lets a transaction that does not fit into the block wait for the next one", async () => {
    const gas = 16_000_000n;
    for (let i = 0; i < 4; i++) await chain.submit({ from: account, to: BURNER, gas });
    expect((await chain.mine()).receipts, "60 M gas hold three that burn 16 M each").to.have.length(3);
    expect((await chain.mine()).receipts, "the fourth").to.have.length(1);
  });

  it("mines a transaction that reverts, measures its gas and decodes why", async () => {
    const receipt = await chain.execute({ from: account, to: REVERTER, gas: 100_000n }, { allowRevert: true });
    expect(receipt.status).to.equal("reverted");
    expect(receipt.gasUsed > 21_000n && receipt.gasUsed < 100_000n, `gas ${receipt.gasUsed.toString()}`).to.equal(true);

    const error = await rejection(chain.execute({ from: account, to: REVERTER }), L1RevertError);
    expect(error.errorName).to.equal("EmpireBase__InsufficientSignals");
    expect(error.args).to.deep.equal([1n, 2n]);
  });

  it("decodes the revert of a call in the same way", async () => {
    const error = await rejection(chain.call({ to: REVERTER, data: "0x" }), L1RevertError);
    expect(error.errorName).to.equal("EmpireBase__InsufficientSignals");
  });

  it("names a transaction that the node refuses", async () => {
    const poor = deriveAccount("l1-chain-test", "poor").account;
    await chain.submit({ from: poor, to: TARGET });
    await rejection(chain.mine(), L1SubmissionError);
  });

  it("runs a call at a later second without moving the clock", async () => {
    const now = await chain.now();
    expect(BigInt(await chain.call({ to: CLOCK, data: "0x", timestamp: now + 100n }))).to.equal(now + 100n);
    expect(await chain.now()).to.equal(now);
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
    const other = await openEmbeddedChain(hardhat, { seed: "another" });
    const randaos = [];
    for (const each of [chain, twin, other]) {
      await each.mine();
      randaos.push((await each.publicClient.getBlock()).mixHash);
    }
    expect(randaos[0]).to.equal(randaos[1]);
    expect(randaos[0]).not.to.equal(randaos[2]);
    await chain.mine({ prevRandao: toHex(77n, { size: 32 }) });
    expect((await chain.publicClient.getBlock()).mixHash).to.equal(toHex(77n, { size: 32 }));
    await twin.close();
    await other.close();
  });

  it("goes back to a snapshot as often as wanted", async () => {
    const start = await chain.now();
    const restore = await chain.snapshot();
    for (let i = 0; i < 2; i++) {
      await chain.execute({ from: account, to: TARGET, value: 5n });
      await restore();
      expect(await chain.now(), "seconds").to.equal(start);
      expect(await chain.publicClient.getBalance({ address: TARGET }), "wei").to.equal(0n);
    }
  });

  it("refuses a hardfork it does not know", async () => {
    const error = await rejection(openEmbeddedChain(hardhat, { hardfork: "shanghai" }), UnsupportedL1FeatureError);
    expect(error.fields).to.deep.include({ hardfork: "shanghai" });
  });

  for (const hardfork of SUPPORTED_HARDFORKS) {
    it(`mines blob transactions under ${hardfork}, each in a block of its own of the same second`, async () => {
      const forked = await prepare(await openEmbeddedChain(hardhat, { hardfork }));
      const at = (await forked.now()) + 12n;
      await forked.submit({ from: account, to: TARGET });
      const sidecars = [await makeSidecar(1n)];
      const blobs = await forked.submit({ from: account, to: TARGET, sidecars });
      await forked.submit({ from: account, to: TARGET });
      const { receipts } = await forked.mineAt(at);
      expect(receipts.map(({ status }) => status)).to.deep.equal(["success", "success", "success"]);
      expect(receipts[1]?.blobGasUsed, "blob gas of one blob").to.equal(131_072n);
      for (const { blockNumber } of receipts) {
        expect((await forked.publicClient.getBlock({ blockNumber })).timestamp, "seconds").to.equal(at);
      }
      const { type } = await forked.publicClient.getTransaction({ hash: blobs.hash });
      expect(type).to.equal("eip4844");
      await forked.close();
    });
  }

  it("gives the same hashes and gas on a second run", async () => {
    const run = async () => {
      const fresh = await prepare(await openEmbeddedChain(hardhat));
      await fresh.execute({ from: account, to: TARGET, value: 3n });
      const receipt = await fresh.execute({ from: account, to: REVERTER }, { allowRevert: true });
      const { hash } = await fresh.publicClient.getBlock();
      await fresh.close();
      return { block: hash, transaction: receipt.transactionHash, gas: receipt.gasUsed };
    };
    expect(await run()).to.deep.equal(await run());
  });
});

describe("The L1 chain over anvil", () => {
  it("mines blob and other transactions in one block, with cell proofs", async () => {
    const anvil = await startAnvil();
    try {
      const chain = await prepare(await openRpcChain({ url: anvil.url, baseFeePerGas: 10n ** 9n }));
      const at = (await chain.now()) + 12n;
      await chain.submit({ from: account, to: TARGET });
      await chain.submit({ from: account, to: TARGET, sidecars: [await makeSidecar(1n)] });
      await chain.submit({ from: account, to: TARGET, sidecars: [await makeSidecar(2n)] });
      const { receipts, timestamp } = await chain.mineAt(at);
      expect(timestamp, "seconds").to.equal(at);
      expect(receipts.map(({ status }) => status)).to.deep.equal(["success", "success", "success"]);
      expect(new Set(receipts.map(({ blockNumber }) => blockNumber)).size, "blocks").to.equal(1);

      expect(BigInt(await chain.call({ to: CLOCK, data: "0x", timestamp: at + 100n }))).to.equal(at + 100n);
      const error = await rejection(chain.execute({ from: account, to: REVERTER }), L1RevertError);
      expect(error.errorName).to.equal("EmpireBase__InsufficientSignals");
    } finally {
      await anvil.stop();
    }
  });

  it("can be forked by the embedded chain", async () => {
    const anvil = await startAnvil();
    try {
      const source = await prepare(await openRpcChain({ url: anvil.url }));
      await source.mine();
      const fork = await openEmbeddedChain(hardhat, { fork: { url: anvil.url, blockNumber: 1n } });
      const now = await fork.now();
      expect(now, "seconds of the forked block").to.equal(await source.now());
      await fork.mineAt(now + 12n);
      expect(BigInt(await fork.call({ to: CLOCK, data: "0x" })), "code comes from the source").to.equal(now + 12n);
      await fork.close();
    } finally {
      await anvil.stop();
    }
  });
});
