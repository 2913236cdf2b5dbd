import { expect } from "chai";

import { agreeOnTime } from "../../../harness/publisher/publisherTime.ts";

describe("What time it is", () => {
  const block = 1_000n;

  for (const [clock, now, disagreement, why] of [
    [1_000n, 1_000n, 0n, "the clock's"],
    [1_060n, 1_060n, 0n, "the clock's, as long as L1 may only have missed blocks"],
    [1_061n, 1_000n, 1n, "L1's, when the clock is further ahead"],
    [999n, 1_000n, -1n, "L1's, when the clock is behind it"],
  ] as const) {
    it(`at ${clock} with a block of ${block} is ${why}`, () => {
      expect(agreeOnTime(clock, block)).to.deep.equal({ now, disagreement });
    });
  }
});
