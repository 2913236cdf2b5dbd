import { THIRD_PARTY } from "./people.ts";
import { makeRescue, SECOND_BLOCK } from "./rescue.ts";

/** Somebody who has only listened to gossip lands a slot in the next slot's second L1 block, and is credited. */
export const lateByThirdParty = makeRescue({
  id: "late.thirdParty",
  words: "third-party",
  delay: SECOND_BLOCK,
  sender: (world) => world.account(THIRD_PARTY),
});
