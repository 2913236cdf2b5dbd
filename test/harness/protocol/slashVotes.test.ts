import { expect } from "chai";
import { size } from "viem";

import { encodeSlashVotes, InvalidSlashVoteError, slashVoteBytes } from "../../../harness/protocol/slashVotes.ts";

/** Mainnet's: four epochs of 32 slots. */
const ROUND = { committeeSize: 48, roundSlots: 128n, epochSlots: 32n };

describe("A slashing vote", () => {
  it("takes two bits for each member of each epoch judged", () => {
    expect(slashVoteBytes(ROUND)).to.equal(48);
    expect(slashVoteBytes({ ...ROUND, committeeSize: 4n, epochSlots: 128n })).to.equal(1);
    expect(size(encodeSlashVotes(ROUND)), "nobody is to be slashed").to.equal(48);
    expect(BigInt(encodeSlashVotes(ROUND))).to.equal(0n);
  });

  it("has the first of four members in the lowest bits of a byte", () => {
    const round = { committeeSize: 8, roundSlots: 8n, epochSlots: 8n };
    expect(encodeSlashVotes(round, [1])).to.equal("0x0100");
    expect(encodeSlashVotes(round, [0, 0, 0, 1])).to.equal("0x4000");
    expect(encodeSlashVotes(round, [3, 2, 1, 0, 0, 3])).to.equal("0x1b0c");
  });

  it("refuses what two bits do not hold, and members that the round does not have", () => {
    const round = { committeeSize: 4, roundSlots: 8n, epochSlots: 8n };
    for (const units of [[4], [-1], [1.5], [0, 0, 0, 0, 1]]) {
      expect(() => encodeSlashVotes(round, units)).to.throw(InvalidSlashVoteError, /Not a vote of this round/);
    }
  });
});
