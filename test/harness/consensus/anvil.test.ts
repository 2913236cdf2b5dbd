import { expect } from "chai";

import { readCheckpointAsArchiver } from "../../../harness/consensus/archiverDecoding.ts";
import { checkHeader } from "../../../harness/consensus/checkHeader.ts";
import { readTip } from "../../../harness/consensus/checkpointTip.ts";
import { openRpcChain } from "../../../harness/l1/openRpcChain.ts";
import { startAnvil } from "../../../harness/l1/startAnvil.ts";
import { deployV4Stack } from "../../../harness/network/deployV4Stack.ts";
import { makeValidators } from "../../../harness/network/makeValidators.ts";
import { firstSlotOfEpoch, slotStart } from "../../../harness/protocol/time.ts";
import { stakeValidators } from "../../../harness/network/stakeValidators.ts";
import { attested, landOnTime } from "../../support/landing.ts";

describe("Checkpoints on the v4 rollup over anvil", () => {
  for (const hardfork of ["osaka", "prague"]) {
    it(`land under ${hardfork} with the blob proofs that its nodes want, also on a parent that was not there yet`, async () => {
      const anvil = await startAnvil({ hardfork });
      try {
        const chain = await openRpcChain({ url: anvil.url, hardfork, baseFeePerGas: 10n ** 9n });
        const network = await deployV4Stack(chain);
        const validators = await makeValidators(chain, { seed: "build-ahead", count: 64, gse: network.contracts.gse });
        const firstEpoch = await stakeValidators(network, validators);
        const slot = firstSlotOfEpoch(network.rollup.timing, firstEpoch) + 1n;
        const manaUsed = network.rollup.config.manaTarget * 2n;
        const parent = await attested(network, validators, {
          slot,
          parent: await readTip(network),
          manaUsed,
          blobCount: 6,
        });
        const child = await attested(network, validators, { slot: slot + 1n, parent: parent.checkpoint });
        await checkHeader(network, parent.checkpoint, slotStart(network.rollup.timing, slot));
        await landOnTime(network, parent);
        const { receipt } = await landOnTime(network, child);
        expect((await readTip(network)).archive).to.equal(child.checkpoint.archive);
        const read = await readCheckpointAsArchiver(network, receipt.transactionHash);
        expect(read.header.equals(child.checkpoint.header)).to.equal(true);
      } finally {
        await anvil.stop();
      }
    });
  }
});
