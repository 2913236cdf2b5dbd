import { expect } from "chai";
import { toHex } from "viem";

import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { PublicInputsMismatchError } from "../../../harness/consensus/checkPublicInputs.ts";
import { makeEpochProofTransaction } from "../../../harness/consensus/epochProofTransaction.ts";
import { logWord, toWord, type LogField } from "../../../harness/protocol/storageMap.ts";
import { rejection } from "../../support/rejection.ts";
import { openTestWorld, type TestWorld } from "../../support/world.ts";

describe("The public inputs of an epoch proof", () => {
  let world: TestWorld;
  let checkpoints: readonly AttestedCheckpoint[];

  beforeEach(async () => {
    world = await openTestWorld();
    const late = await world.build(world.firstSlot);
    await world.landLate(late, { from: world.rescuer, delay: 0n });
    await world.landOnTime(world.firstSlot + 1n);
    checkpoints = await world.landedIn(world.firstEpoch);
  });

  it("are those of the content, for the whole run and for its beginning", async () => {
    expect(checkpoints.length).to.equal(2);
    await world.prove(checkpoints.slice(0, 1), world.prover);
    await world.prove(checkpoints, world.rival);
  });

  for (const field of ["headerHash", "blobCommitmentsHash"] satisfies LogField[]) {
    it(`are refused when L1 has stored another ${field}, which the mock verifier would accept`, async () => {
      const { timing, address } = world.rollup;
      const last = checkpoints.at(-1)?.number ?? 0n;
      await world.chain.setStorageAt(address, toWord(logWord(timing, last, field)), toHex(7n, { size: 32 }));
      const { fields } = await rejection(
        makeEpochProofTransaction(world.view, world.prover, { checkpoints }),
        PublicInputsMismatchError,
      );
      const name = field === "headerHash" ? "headerHash[1]" : field;
      // One word only: everything else is as the content has it.
      expect(fields["differing"]).to.match(/^[^;]+: expected 0x00[0-9a-f]{62}, L1 has 0x0{63}7$/);
      expect(fields["differing"]).to.contain(name);
    });
  }
});
