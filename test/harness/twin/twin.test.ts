import { expect } from "chai";
import hardhat from "hardhat";
import { toHex } from "viem";

import { compactConfig } from "../../../harness/differential/compactConfig.ts";
import { OPEN_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import { TIPS_WORD, toWord } from "../../../harness/protocol/storageMap.ts";
import { openTwin } from "../../../harness/twin/openTwin.ts";
import type { Twin } from "../../../harness/twin/twin.ts";
import { TwinMismatchError } from "../../../harness/twin/twinErrors.ts";
import { RollupAbi } from "../../../harness/upstream/abis.ts";
import { requireLanded } from "../../../harness/world/world.ts";
import { rejection } from "../../support/rejection.ts";

const SEED = "neutrality";

describe("A twin", () => {
  let twin: Twin;
  let restore: () => Promise<void>;

  before(async () => {
    const options = { config: compactConfig(), validatorCount: 8, newcomerCount: 16, seed: SEED, terms: OPEN_TERMS };
    twin = await openTwin(hardhat, options);
    restore = await twin.snapshot();
  });
  beforeEach(() => restore());
  after(() => twin.close());

  it("has the extended rollup on one side and upstream's on the other, at one address", async () => {
    const { upstream, extended } = twin;
    expect([upstream.rollup.kind, extended.rollup.kind]).to.deep.equal(["upstream", "build-ahead"]);
    expect(extended.rollup.address).to.equal(upstream.rollup.address);
    const codes = await twin.onBoth(({ chain, rollup }) => chain.publicClient.getCode(rollup));
    expect(codes.extended).not.to.equal(codes.upstream);
  });

  it("signs a transaction once and mines it on both sides, also one that reverts", async () => {
    const from = await twin.account("somebody");
    const now = await twin.chain.now();
    const sent = await twin.execute({ from, to: from.address }, now + 5n);
    expect(sent.extended.transactionHash).to.equal(sent.upstream.transactionHash);
    expect(sent.extended.status).to.equal("success");
    const refused = await twin.execute({ from, to: twin.upstream.rollup.address, data: "0xdeadbeef" }, now + 6n);
    expect([refused.upstream.status, refused.extended.status]).to.deep.equal(["reverted", "reverted"]);
  });

  it("goes back to a snapshot on both sides, and moves both clocks", async () => {
    const now = await twin.chain.now();
    await twin.advance(now + 100n);
    const moved = await twin.onBoth(({ chain }) => chain.now());
    expect([moved.upstream, moved.extended]).to.deep.equal([now + 100n, now + 100n]);
    await restore();
    const restored = await twin.onBoth(({ chain }) => chain.now());
    expect([restored.upstream, restored.extended]).to.deep.equal([now, now]);
  });

  it("lands what is built on one side on the other, and only the extended one lands it late", async () => {
    const { upstream, extended } = twin;
    const slot = upstream.firstSlotOf(twin.firstEpoch) + 1n;
    const first = await upstream.build(slot);
    await twin.onBoth(async (side) => requireLanded(await side.land(first)));
    const second = await extended.build(slot + 1n);
    const late = upstream.at(slot + 2n, 12n);
    const { revert } = await upstream.land(second, { timestamp: late });
    expect(revert?.errorName).to.equal("HeaderLib__InvalidSlotNumber");
    expect((await extended.land(second, { timestamp: late })).revert).to.equal(undefined);
  });

  it("lets each rollup be called as its owner", async () => {
    const owner = await twin.onBoth(({ chain, rollup }) =>
      chain.publicClient.readContract({ address: rollup.address, abi: RollupAbi, functionName: "owner" }),
    );
    expect(owner.extended).to.equal(twin.extended.contracts.governance);
    const { upstream } = await twin.onBoth((side) => side.executeAsOwner("0x8da5cb5b"));
    expect(upstream.from).to.equal(owner.upstream.toLowerCase());
  });

  it("notices one storage word that differs, anywhere in any contract", async () => {
    const { chain, contracts, rollup } = twin.extended;
    const word = toHex(123_456_789, { size: 32 });
    for (const address of [rollup.address, rollup.inbox, contracts.gse]) {
      await chain.setStorageAt(address, word, toHex(1, { size: 32 }));
      const error = await rejection(twin.assertSameStorage(), TwinMismatchError);
      expect(error.fields["accounts"], "the account is named").to.equal(address.toLowerCase());
      await restore();
      await twin.assertSameStorage();
    }
  });

  it("notices a verifier that is not stored where it is set aside", async () => {
    const { chain, rollup } = twin.extended;
    await chain.setStorageAt(rollup.address, await verifierWord(), toHex(1, { size: 32 }));
    const error = await rejection(twin.assertSameStorage(), TwinMismatchError);
    expect(error.shortMessage).to.equal("The verifier is stored elsewhere");
  });

  /** Found by what it holds, among the words that follow the tips. */
  async function verifierWord() {
    const { chain, rollup } = twin.extended;
    for (let offset = 0n; offset < 16n; offset++) {
      const slot = toWord(TIPS_WORD + offset);
      const held = await chain.publicClient.getStorageAt({ address: rollup.address, slot });
      if (BigInt(held ?? "0x0") === BigInt(rollup.verifier)) return slot;
    }
    throw new RangeError("The verifier is not among the words after the tips");
  }
});

describe("A twin under a hard fork that is not final", () => {
  it("is deployed under the latest one and goes on under the other, on both sides", async () => {
    const options = { config: compactConfig(), validatorCount: 8, seed: SEED, terms: OPEN_TERMS };
    const twin = await openTwin(hardhat, { ...options, hardfork: "amsterdam" });
    try {
      const forks = await twin.onBoth(async ({ chain }) => chain.hardfork);
      expect(forks).to.deep.equal({ upstream: "amsterdam", extended: "amsterdam" });
      const slot = twin.upstream.firstSlotOf(twin.firstEpoch) + 1n;
      await twin.advance(twin.upstream.at(slot));
      const checkpoint = await twin.extended.build(slot);
      await twin.onBoth(async (side) => requireLanded(await side.land(checkpoint)));
    } finally {
      await twin.close();
    }
  });
});
