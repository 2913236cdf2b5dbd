import { makeRescue } from "./rescue.ts";

/**
 * A proposer's own transaction is mined one L1 block too late, in the first one of the next slot, just as it was sent, with gas enough
 * for it. One of an unmodified v4.1.2 publisher has not: its limit is 1.2 times what its simulation on time has used.
 */
export const boundarySlip = makeRescue({
  id: "late.boundarySlip",
  words: "boundary-slip",
  delay: 0n,
  sender: async (world, { slot }) => world.proposerOf(slot),
  isOwn: true,
});
