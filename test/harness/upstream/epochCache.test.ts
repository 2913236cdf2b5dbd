import { expect } from "chai";

import { L1_BLOCK_SECONDS } from "../../../harness/l1/blockProducer.ts";
import { aztecClient } from "../../../harness/network/aztecClient.ts";
import { RollupContract } from "../../../harness/upstream/contracts.ts";
import { SlotNumber } from "../../../harness/upstream/foundation.ts";
import { loadPublisher } from "../../../harness/upstream/realNode.ts";
import { openAnvilWorld, type AnvilWorld } from "../../support/anvilWorld.ts";
import { describeWithAnvil } from "../../support/withAnvil.ts";

// What every other component of a node asks who may do what, and when: v4.1.2's, unmodified.
describeWithAnvil("The epoch cache of v4.1.2", () => {
  let world: AnvilWorld;
  before(async () => {
    world = await openAnvilWorld({ seed: "epoch cache" });
  });
  after(() => world.close());

  it("knows committee and proposer of the slot before, over an epoch's boundary too, but counts it among no slots of now", async () => {
    const { EpochCache, TestDateProvider } = await loadPublisher();
    const { chain, rollup } = world;
    const dateProvider = new TestDateProvider();
    const cache = await EpochCache.create(
      new RollupContract(aztecClient(chain), rollup.address),
      { ethereumSlotDuration: Number(L1_BLOCK_SECONDS) } as never,
      { dateProvider },
    );
    const { epochSlots } = rollup.timing;
    const last = world.firstSlot - (world.firstSlot % epochSlots) + epochSlots - 1n;
    for (let slot = world.firstSlot; slot <= last; slot++) await world.landOnTime(slot);
    await chain.mineAt(world.at(last + 1n));
    for (const slot of [last - 1n, last]) {
      const { members, proposer } = await world.committee(slot);
      dateProvider.setTime(Number(world.at(slot + 1n, 6n)) * 1000);
      const before = SlotNumber.fromBigInt(slot);
      const known = await cache.getCommittee(before);
      expect(known.committee?.map(String).sort()).to.deep.equal(members.map((member) => member.toLowerCase()).sort());
      expect(String(await cache.getProposerAttesterAddressInSlot(before))).to.equal(proposer.toLowerCase());
      const now = cache.getCurrentAndNextSlot();
      expect(now).to.deep.equal({ currentSlot: Number(slot + 1n), nextSlot: Number(slot + 1n) });
    }
  });
});
