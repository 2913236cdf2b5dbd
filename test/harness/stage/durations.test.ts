import { expect } from "chai";

import { Durations } from "../../../harness/stage/durations.ts";

describe("Durations", () => {
  it("are summarised in seconds, by what a sorted list would have at those places", () => {
    const durations = new Durations();
    for (let ms = 100; ms > 0; ms--) durations.add(1_000 * ms);
    const { count, min, mean, p50, p95, p99, max } = durations.summarise();
    expect([count, min, mean, p50, p95, p99, max]).to.deep.equal([100, 1, 50.5, 51, 96, 100, 100]);
  });

  it("of nothing are nothing", () => {
    expect(new Set(Object.values(new Durations().summarise()))).to.deep.equal(new Set([0]));
  });
});
