import { expect } from "chai";

import { readCheckpointAsArchiver } from "../../../harness/consensus/archiverDecoding.ts";
import { UnreadableCheckpointError } from "../../../harness/consensus/consensusErrors.ts";
import { landed } from "../../support/landing.ts";
import { rejection } from "../../support/rejection.ts";
import { openV4World, type V4World } from "../../support/world.ts";

describe("Checkpoints read by the archiver of v4.1.2", () => {
  let world: V4World;

  beforeEach(async () => {
    world = await openV4World();
  });

  for (const route of ["direct", "bundled"] as const) {
    it(`are the header and attestations that were sent, ${route}, without a trace`, async () => {
      const checkpoint = await world.build(world.firstSlot + 1n, { feeAssetPriceModifier: -7n });
      const { receipt } = await landed(world, checkpoint, route === "direct" ? {} : { bundle: {} });

      const read = await readCheckpointAsArchiver(world, receipt.transactionHash);
      expect(read.header.toViem()).to.deep.equal(checkpoint.header.toViem());
      expect(read.archiveRoot.toString()).to.equal(checkpoint.archive);
      expect(read.feeAssetPriceModifier, "basis points").to.equal(-7n);
      expect(BigInt(read.checkpointNumber), "number").to.equal(checkpoint.number);
      expect(read.neededTrace).to.equal(false);
      const signed = read.attestations.filter(({ signature }) => !signature.isEmpty());
      expect(signed.length, "attestations").to.equal(33);
      expect(read.attestations.length, "members").to.equal(48);
    });
  }

  it("are no checkpoint when the transaction proposed none", async () => {
    const { account } = world.network.deployer;
    const { transactionHash } = await world.chain.execute({ from: account, to: account.address, value: 1n });
    await rejection(readCheckpointAsArchiver(world, transactionHash), UnreadableCheckpointError);
  });
});
