import { readRecorded } from "../accounting/auditHistory.ts";
import { assertConserved, auditProof } from "../accounting/auditProof.ts";
import { advanceToEpoch } from "../network/advance.ts";
import { tellReceipt } from "./expectations.ts";
import { PROVER } from "./people.ts";
import { ScenarioFailedError, type Scenario } from "./scenario.ts";

/** The newest epoch is proven once it has ended: each of its late slots is split, and money is conserved to the wei. */
export const settlement: Scenario = {
  id: "settlement",
  needs: {},
  run: async ({ world }) => {
    const { chain, rollup, follower, view } = world;
    const epoch = world.epochOf((await world.tipFor(await world.nextSlot())).slot);
    await advanceToEpoch(chain, rollup, epoch + 1n);
    const checkpoints = await world.landedIn(epoch);
    const id = `settlement.proof${follower.history.filter(({ kind }) => kind === "proven").length + 1}`;
    const receipt = await world.prove(checkpoints, await world.account(PROVER));

    const audit = await auditProof(view, receipt);
    const name = `prove epoch ${epoch}: checkpoints ${audit.start} to ${audit.end}`;
    tellReceipt(world, { id, name, note: `settles ${audit.settled.length} late slots` }, receipt);
    assertConserved(audit);
    const late = await readRecorded(
      view,
      follower.chain.filter(({ slot }) => world.epochOf(slot) === epoch),
    );
    const [expected, actual] = [late, audit.settled].map((slots) => slots.map(({ slot }) => slot).join(", "));
    if (expected !== actual) throw new ScenarioFailedError(id, `slots [${expected}] settled`, `[${actual}]`);
  },
};
