import { expect } from "chai";
import hardhat from "hardhat";
import { toFunctionSelector, zeroAddress, type Address, type Hex } from "viem";

import { RpcSource, RpcSourceError } from "../../../../harness/l1/rpcSource.ts";
import { startAnvil } from "../../../../harness/l1/startAnvil.ts";
import { attachNetwork, NotARegistryError, type AztecNetwork } from "../../../../harness/network/contracts.ts";
import { toWord } from "../../../../harness/protocol/storageMap.ts";
import {
  attachFork,
  CannotUpgradeError,
  type AttachForkOptions,
} from "../../../../harness/rehearsal/fork/attachFork.ts";
import type { ForkSource } from "../../../../harness/rehearsal/fork/forkSource.ts";
import { pinned, startSmallSource } from "../../../support/forkSource.ts";
import { rejection } from "../../../support/rejection.ts";
import { describeWithAnvil } from "../../../support/withAnvil.ts";

const NOBODY: Address = "0x00000000000000000000000000000000000000fe";
/** A contract that anvil begins with. */
const SOMETHING: Address = "0x4e59b44847b379578588920cA78FbF26c0B4956C";
/** Where `Ownable` of the rollup has its owner. Source: upstream's `RollupStorage`. */
const OWNER_WORD = 2n;

describeWithAnvil("Attaching to a fork", () => {
  let source: ForkSource;
  let network: AztecNetwork;
  let restore: () => Promise<void>;

  before(async () => {
    source = await startSmallSource();
    network = await attachNetwork(source.chain, source.registry);
    restore = await source.chain.snapshot();
  });
  afterEach(() => restore());
  after(() => source.stop());

  const attach = async (options: Partial<AttachForkOptions> = {}) =>
    attachFork(hardhat, { source: await pinned(source), registry: source.registry, seed: "fork test", ...options });

  /** Lets the source's rollup have other code, and what was there before. */
  const rewrite = async (change: (code: Hex) => string) => {
    const { address } = network.rollup;
    const code = (await source.chain.publicClient.getCode({ address })) ?? "0x";
    await source.chain.setCode(address, change(code) as Hex);
  };

  it("finds the deployment and its configuration from a Registry alone", async () => {
    const fork = await attach();
    expect(fork.network.contracts).to.deep.equal(network.contracts);
    expect(fork.network.rollup).to.deep.equal(network.rollup);
    expect(fork.config.owner).to.equal(network.contracts.governance);
    expect(fork.warnings).to.deep.equal([]);
    expect(fork.chain.chainId, "of the source").to.equal(source.chain.chainId);
    await fork.close();
  });

  it("says that a block is before the deployment, or an address wrong", async () => {
    const early = await RpcSource.open({ url: source.url, blockNumber: 1n });
    for (const options of [{ source: early }, { registry: NOBODY }]) {
      const error = await rejection(attach(options), CannotUpgradeError);
      expect(error.message).to.match(/^There is no contract at the Registry's address: check the address, the chain/);
    }
  });

  it("says that a contract is no registry", async () => {
    await rejection(attach({ registry: network.contracts.gse }), NotARegistryError);
  });

  it("refuses a rollup that has the upgrade already", async () => {
    await rewrite((code) => `${code}63${toFunctionSelector("function nameLateRecipient(address)").slice(2)}`);
    expect((await rejection(attach(), CannotUpgradeError)).message).to.match(/already: there is nothing to upgrade/);
  });

  it("refuses a rollup of another version, unless it is told to go on, and then says so first", async () => {
    const selector = toFunctionSelector("function getBurnAddress()").slice(2);
    await rewrite((code) => code.replace(`63${selector}`, "63deadbeef"));
    const error = await rejection(attach(), CannotUpgradeError);
    expect(error.message).to.match(/would be a downgrade: say --other-version/);
    const fork = await attach({ allowOtherVersion: true });
    expect(fork.warnings[0]).to.match(/would be a downgrade \(\d+ of v4.1.2's \d+ functions found\)/);
    await fork.close();
  });

  it("warns of a rollup with v4.1.2's functions and other code", async () => {
    await rewrite((code) => `${code}00`);
    const fork = await attach();
    expect(fork.warnings).to.have.lengthOf(1);
    expect(fork.warnings[0]).to.match(/but not the code that the pinned sources compile to/);
    await fork.close();
  });

  it("refuses a rollup that governance does not own, or nobody does", async () => {
    for (const [owner, message] of [
      [NOBODY, /is not owned by governance/],
      [zeroAddress, /has renounced/],
    ] as const) {
      await source.chain.setStorageAt(network.rollup.address, toWord(OWNER_WORD), toWord(BigInt(owner)));
      await source.chain.mine();
      expect((await rejection(attach(), CannotUpgradeError)).message).to.match(message);
    }
  });

  it("says what has become of the source when it goes away in the middle", async () => {
    const other = await startAnvil();
    const live = await RpcSource.open({ url: other.url });
    await live.ask("eth_getCode", [SOMETHING, "0x0"]);
    await other.stop();
    const error = await rejection(attach({ source: live, registry: SOMETHING }), RpcSourceError);
    expect(error.message).to.match(/^The fork source does not answer: check its address and that it runs/);
  });
});
