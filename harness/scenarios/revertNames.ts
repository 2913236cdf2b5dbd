/** L1's error for a slot that is neither current nor open. */
export const FOREIGN_SLOT = "HeaderLib__InvalidSlotNumber";
/** L1's error for a slot that is in the chain, or older than the tip. */
export const SLOT_TAKEN = "Rollup__SlotAlreadyInChain";
/** What is left of a transaction whose gas has run out: no data, hence no name. */
export const OUT_OF_GAS = "0x";
