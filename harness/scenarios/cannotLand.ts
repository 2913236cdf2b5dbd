import { asRescued, type AttestedCheckpoint } from "../consensus/attestedCheckpoint.ts";
import { selectQuorum } from "../consensus/slotCommittee.ts";
import { classifySubmission, windowEnd } from "../protocol/window.ts";
import type { World } from "../world/world.ts";
import { expectLanded, expectRefused } from "./expectations.ts";
import { readTerms } from "./lateTerms.ts";
import { THIRD_PARTY } from "./people.ts";
import { publish } from "./publish.ts";
import { FOREIGN_SLOT } from "./revertNames.ts";
import type { Scenario } from "./scenario.ts";

/** What no window lets in: too late, on another parent than the tip, and without the quorum or its proposer's part in it. */
export const cannotLand: Scenario = {
  id: "refused",
  // The smallest committee of which one member can be missing without the quorum being lost.
  needs: { slots: 5, windowSeconds: 1, committee: 4 },
  run: async ({ world }) => {
    await comeTooLate(world);
    const slot = await world.nextSlot();
    await comeWithoutWhatItTakes(world, slot);
    const next = slot + 2n;
    const landing = await publish(world, await world.build(next));
    expectLanded(world, { id: "refused.next", name: `slot ${next} on time` }, landing);
  },
};

async function comeTooLate(world: World): Promise<void> {
  const { windowSeconds } = await readTerms(world.view);
  const checkpoint = await world.build(await world.nextSlot());
  const { slot } = checkpoint;
  const { timing } = world.rollup;
  const timestamp = windowEnd(timing, windowSeconds, slot);
  // A window as long as the slot closes when the slot is two slots old, which is no longer the window's business.
  const isForeign = classifySubmission(timing, windowSeconds, slot, timestamp) === "foreign";
  const landing = await world.land(asRescued(checkpoint), { timestamp });
  const label = { id: "refused.windowClosed", name: `slot ${slot}: ${windowSeconds} s into the next slot` };
  expectRefused(world, label, landing, isForeign ? FOREIGN_SLOT : "LateSubmission__WindowClosed");
}

/** All of them in the first seconds of the next slot, one a second. */
async function comeWithoutWhatItTakes(world: World, slot: bigint): Promise<void> {
  const { chain, content } = world;
  const { parent } = content.get(await world.tipFor(slot));
  const attempts: readonly (readonly [id: string, words: string, checkpoint: AttestedCheckpoint, error: string])[] = [
    ["wrongParent", "on a parent that is not the tip", await world.build(slot, { parent }), "Rollup__InvalidArchive"],
    [
      "quorumShort",
      "one attestation short of a quorum",
      await world.build(slot, { signers: (committee) => selectQuorum(committee, committee.quorum - 1) }),
      "ValidatorSelection__InsufficientAttestations",
    ],
    [
      "withoutProposer",
      "with neither its proposer's attestation nor the signature of its proposal",
      await world.build(slot, {
        signers: ({ members, proposer, quorum }) => members.filter((member) => member !== proposer).slice(0, quorum),
      }),
      "ValidatorSelection__MissingProposerSignature",
    ],
  ];
  const from = await world.account(THIRD_PARTY);
  await chain.mineAt(world.at(slot + 1n));
  for (const [id, words, checkpoint, error] of attempts) {
    const timestamp = (await chain.now()) + 1n;
    const landing = await world.land(asRescued(checkpoint), { timestamp, from });
    expectRefused(world, { id: `refused.${id}`, name: `slot ${slot}: late, ${words}` }, landing, error);
  }
}
