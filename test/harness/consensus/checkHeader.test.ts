import { expect } from "chai";

import { checkHeader } from "../../../harness/consensus/checkHeader.ts";
import { L1RevertError } from "../../../harness/l1/l1Errors.ts";
import { toWord } from "../../../harness/protocol/storageMap.ts";
import { RollupContract } from "../../../harness/upstream/contracts.ts";
import { rejection } from "../../support/rejection.ts";
import { rescueOf } from "../../support/rescueOf.ts";
import { openTestWorld } from "../../support/world.ts";

describe("The header check of L1", () => {
  // It is not told the archive, which the proposal's signature covers: who wants to know has to simulate `propose`.
  it("refuses a rescue by the proposal's signature, which `propose` takes", async () => {
    const world = await openTestWorld();
    const { chain, rollup } = world;
    const rescue = await rescueOf(world, await world.build(world.firstSlot + 1n));
    const timestamp = world.at(rescue.slot + 1n);
    const { errorName } = await rejection(checkHeader(world, rescue, timestamp), L1RevertError);
    expect(errorName).to.equal("ValidatorSelection__MissingProposerSignature");
    const withoutBlobs = [{ slot: toWord(RollupContract.checkBlobStorageSlot), value: toWord(0n) }];
    const stateOverride = [{ address: rollup.address, stateDiff: withoutBlobs }];
    const proposal = { to: rollup.address, data: rescue.proposeCalldata, timestamp };
    expect(await chain.call({ ...proposal, stateOverride })).to.equal("0x");
    await rejection(chain.call(proposal), L1RevertError);
  });
});
