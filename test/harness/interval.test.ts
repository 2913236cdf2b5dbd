import { expect } from "chai";

import { intervalOf, isAboveZero, MAX_SEEDS, SampleSizeError } from "../../harness/interval.ts";

describe("Intervals", () => {
  it("are those of Student's t", () => {
    // Five values of mean 3 and variance 2.5: 2.776 * sqrt(2.5 / 5).
    const { mean, margin } = intervalOf([1, 2, 3, 4, 5]);
    expect(mean).to.equal(3);
    expect(Math.round(margin * 1000)).to.equal(1963);
    expect(isAboveZero({ mean, margin })).to.equal(true);
    expect(isAboveZero({ mean: 1, margin: 1 })).to.equal(false);
    expect(intervalOf([7, 7])).to.deep.equal({ mean: 7, margin: 0 });
  });

  it("cover the truth about as often as they say", () => {
    // A stream of its own: sums of twelve uniform numbers, which are normal enough.
    let state = 1;
    const uniform = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const normal = () => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6);
    const covered = Array.from({ length: 2_000 }, () => {
      const { mean, margin } = intervalOf(Array.from({ length: 10 }, normal));
      return Math.abs(mean) <= margin;
    });
    const percent = (100 * covered.filter(Boolean).length) / covered.length;
    expect(Math.round(percent)).to.be.within(93, 97);
  });

  it("are of two runs at least, and no more than the table has", () => {
    expect(() => intervalOf([1])).to.throw(SampleSizeError);
    expect(() => intervalOf(new Array<number>(MAX_SEEDS + 1).fill(1))).to.throw(SampleSizeError);
    expect(intervalOf(new Array<number>(MAX_SEEDS).fill(1)).margin).to.equal(0);
  });
});
