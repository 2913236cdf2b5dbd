import { expect } from "chai";

import { benchModel } from "../../../../harness/differential/ledger/benchModel.ts";

describe("bench of the model ledger", () => {
  it("tells after how many slots it was how fast and how large", () => {
    let milliseconds = 0;
    const speeds = benchModel([50, 100], () => (milliseconds += 500));
    expect(speeds.map(({ slots, seconds, slotsPerSecond }) => ({ slots, seconds, slotsPerSecond }))).to.deep.equal([
      { slots: 50, seconds: 0.5, slotsPerSecond: 100 },
      { slots: 100, seconds: 1, slotsPerSecond: 100 },
    ]);
    expect(speeds.every(({ peakRssMiB, heapMiB }) => peakRssMiB >= heapMiB && heapMiB > 0)).to.equal(true);
  });
});
