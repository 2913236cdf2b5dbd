import { expect } from "chai";

import { drawDelay } from "../../../harness/sim/delay.ts";
import { RandomSource } from "../../../harness/sim/random.ts";

describe("Random streams", () => {
  const draw = (seed: string, purpose: string, count = 5) => {
    const stream = new RandomSource(seed).stream(purpose);
    return Array.from({ length: count }, () => stream.next());
  };

  it("are a function of seed and purpose alone", () => {
    expect(draw("a", "gossip")).to.deep.equal(draw("a", "gossip"));
    expect(draw("a", "gossip")).to.not.deep.equal(draw("b", "gossip"));
    expect(draw("a", "gossip")).to.not.deep.equal(draw("a", "blocks"));
    expect(draw("ab", "c"), "seed and purpose do not run into each other").to.not.deep.equal(draw("a", "bc"));
  });

  it("are uniform enough to be told from nothing else", () => {
    const numbers = draw("a", "uniform", 20_000);
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    expect(Math.abs(mean - 0.5) < 0.01, `a mean of ${mean}`).to.equal(true);
    expect(Math.min(...numbers)).to.be.greaterThanOrEqual(0);
    expect(Math.max(...numbers)).to.be.lessThan(1);
  });

  it("draw nothing for what is certain", () => {
    const [one, other] = [new RandomSource("a").stream("x"), new RandomSource("a").stream("x")];
    expect([one.chance(0), one.chance(1)]).to.deep.equal([false, true]);
    expect(one.next()).to.equal(other.next());
  });

  it("give delays of each kind within their bounds", () => {
    const stream = new RandomSource("a").stream("delay");
    expect(drawDelay({ kind: "fixed", ms: 7 }, stream)).to.equal(7);
    const uniform = Array.from({ length: 500 }, () => drawDelay({ kind: "uniform", fromMs: 2, toMs: 4 }, stream));
    expect([...new Set(uniform)].sort()).to.deep.equal([2, 3, 4]);
    const tail = Array.from({ length: 5_000 }, () => drawDelay({ kind: "tail", fromMs: 100, meanMs: 50 }, stream));
    expect(Math.min(...tail)).to.be.greaterThanOrEqual(100);
    const mean = tail.reduce((sum, ms) => sum + ms, 0) / tail.length;
    expect(Math.abs(mean - 150) < 5, `a mean of ${mean}`).to.equal(true);
  });
});
