import { expect } from "chai";

import { computeGasLimit, MAX_GAS_LIMIT } from "../../../harness/publisher/gasLimit.ts";

describe("The gas limit of a bundle", () => {
  it("is a fifth more than the dearer landing takes, and the blobs", () => {
    expect(computeGasLimit({ aimed: 300_000n, turnedLate: 500_000n, blobs: 0 })).to.equal(600_000n);
    expect(computeGasLimit({ aimed: 300_000n, turnedLate: undefined, blobs: 0 })).to.equal(360_000n);
    // Votes of a slot that is over are refused at once: a bundle may be cheaper late.
    expect(computeGasLimit({ aimed: 700_000n, turnedLate: 500_000n, blobs: 2 })).to.equal(950_000n);
  });

  it("is never more than a transaction may have", () => {
    expect(computeGasLimit({ aimed: 16_000_000n, turnedLate: undefined, blobs: 0 })).to.equal(MAX_GAS_LIMIT);
  });
});
