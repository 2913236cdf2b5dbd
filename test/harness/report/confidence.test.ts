import { expect } from "chai";

import { confidenceOf } from "../../../harness/report/confidence.ts";

describe("A mean over runs", () => {
  it("comes with the half width of Student's interval", () => {
    // By hand: mean 3, variance 2.5, 2.776 * sqrt(2.5 / 5).
    const { mean, halfWidth } = confidenceOf([1, 2, 3, 4, 5]);
    expect([mean, Math.round(halfWidth * 1000)]).to.deep.equal([3, 1_963]);
    expect(confidenceOf([4, 4, 4])).to.deep.equal({ mean: 4, halfWidth: 0 });
  });

  it("knows no more than its one run, and of many uses the normal distribution", () => {
    expect(confidenceOf([7])).to.deep.equal({ mean: 7, halfWidth: 0 });
    const { halfWidth } = confidenceOf(Array.from({ length: 100 }, (_, index) => index % 2));
    expect(Math.round(halfWidth * 10_000)).to.equal(985);
  });
});
