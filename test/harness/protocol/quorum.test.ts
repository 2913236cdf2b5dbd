import { expect } from "chai";

import { computeQuorum } from "../../../harness/protocol/quorum.ts";

describe("A quorum", () => {
  it("is more than two thirds", () => {
    expect([1, 3, 4, 5, 6, 24, 48].map(computeQuorum)).to.deep.equal([1, 3, 3, 4, 5, 17, 33]);
  });

  it("is the least number that is more than two thirds, for every committee", () => {
    for (let size = 1; size <= 100; size++) {
      const quorum = computeQuorum(size);
      expect(3 * quorum > 2 * size, `${quorum} of ${size} are enough`).to.equal(true);
      expect(3 * (quorum - 1) > 2 * size, `${quorum - 1} of ${size} are not`).to.equal(false);
    }
  });
});
