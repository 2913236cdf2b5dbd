import { makeRescue } from "./rescue.ts";

/** A proposer's own transaction is mined one L1 block too late, in the first one of the next slot, just as it was sent. */
export const boundarySlip = makeRescue({
  id: "late.boundarySlip",
  words: "boundary-slip",
  delay: 0n,
  sender: async (world, { slot }) => world.proposerOf(slot),
  isOwn: true,
});
