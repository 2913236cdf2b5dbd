import { SECOND_ADDRESS } from "./people.ts";
import { makeRescue, SECOND_BLOCK } from "./rescue.ts";

/** A proposer rescues its own slot through an address that nobody connects with it, and still loses what is burned. */
export const lateByOriginalProposer = makeRescue({
  id: "late.originalProposer",
  words: "original-proposer",
  delay: SECOND_BLOCK,
  sender: (world) => world.account(SECOND_ADDRESS),
});
