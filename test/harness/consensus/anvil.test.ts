import { expect } from "chai";
import { artifacts } from "hardhat";

import { readCheckpointAsArchiver } from "../../../harness/consensus/archiverDecoding.ts";
import { checkHeader } from "../../../harness/consensus/checkHeader.ts";
import { readTip } from "../../../harness/consensus/checkpointTip.ts";
import { openRpcChain } from "../../../harness/l1/openRpcChain.ts";
import { startAnvil } from "../../../harness/l1/startAnvil.ts";
import { deployV4Stack } from "../../../harness/network/deployV4Stack.ts";
import { errorAbiOf } from "../../../harness/network/errorAbi.ts";
import { makeValidators } from "../../../harness/network/makeValidators.ts";
import { landed } from "../../support/landing.ts";
import { v4WorldOn, type V4World } from "../../support/world.ts";
import { describeWithAnvil } from "../../support/withAnvil.ts";

describeWithAnvil("Checkpoints on the v4 rollup over anvil", () => {
  for (const hardfork of ["osaka", "prague"]) {
    it(`land under ${hardfork} with the blob proofs that its nodes want, also on a parent that was not there yet`, async () => {
      const anvil = await startAnvil({ hardfork });
      try {
        const world = await openWorldOn(anvil.url, hardfork);
        const slot = world.firstSlot + 1n;
        const parent = await world.build(slot, { manaUsed: world.rollup.config.manaTarget * 2n, blobCount: 6 });
        const child = await world.build(slot + 1n, { parent });
        await checkHeader(world, parent, world.at(slot));
        await landed(world, parent);
        const { receipt } = await landed(world, child);
        expect((await readTip(world)).archive).to.equal(child.archive);
        const read = await readCheckpointAsArchiver(world, receipt.transactionHash);
        expect(read.header.equals(child.header)).to.equal(true);
      } finally {
        await anvil.stop();
      }
    });
  }
});

async function openWorldOn(url: string, hardfork: string): Promise<V4World> {
  const errorAbi = errorAbiOf(artifacts);
  const chain = await openRpcChain({ url, hardfork, baseFeePerGas: 10n ** 9n, errorAbi });
  const network = await deployV4Stack(artifacts, chain);
  const validators = await makeValidators(chain, { seed: "build-ahead", count: 64, gse: network.contracts.gse });
  const firstEpoch = await network.provisioner.ensureStaked(validators, network.rollup);
  return v4WorldOn({ ...network, validators, firstEpoch });
}
