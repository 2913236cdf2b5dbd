/** Roles of accounts that hold no stake; see `World.account`. */
export const THIRD_PARTY = "third party";
export const SECOND_ADDRESS = "the proposer's second address";
export const RIVAL = "rival";
export const PROVER = "prover";
