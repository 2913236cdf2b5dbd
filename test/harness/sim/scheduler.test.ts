import { expect } from "chai";

import { InvalidMomentError, Scheduler } from "../../../harness/sim/scheduler.ts";

describe("Scheduler", () => {
  it("lets things happen in order of their moment, and at one moment in the order in which they were planned", async () => {
    const scheduler = new Scheduler();
    const seen: string[] = [];
    const plan = (ms: number, name: string) => scheduler.at(ms, () => void seen.push(`${name}@${scheduler.now}`));
    for (const ms of [5, 1, 4, 1, 3, 9, 2, 6]) plan(ms, `e${ms}`);
    plan(1, "last of 1");
    await scheduler.runUntil(6);
    expect(seen).to.deep.equal(["e1@1", "e1@1", "last of 1@1", "e2@2", "e3@3", "e4@4", "e5@5", "e6@6"]);
    expect(scheduler.now).to.equal(6);
  });

  it("is the same as sorting, for any plan", async () => {
    const scheduler = new Scheduler();
    const moments = Array.from({ length: 500 }, (_, index) => (index * 7919) % 101);
    const seen: number[] = [];
    for (const ms of moments) scheduler.at(ms, () => void seen.push(ms));
    await scheduler.runUntil(1000);
    expect(seen).to.deep.equal([...moments].sort((one, other) => one - other));
  });

  it("waits for what takes a promise, and lets what happens plan more", async () => {
    const scheduler = new Scheduler();
    const seen: string[] = [];
    scheduler.at(1, async () => {
      await Promise.resolve();
      seen.push("first");
      scheduler.after(0, () => void seen.push("planned by the first"));
    });
    scheduler.at(2, () => void seen.push("second"));
    let events = 0;
    await scheduler.runUntil(5, () => events++);
    expect(seen).to.deep.equal(["first", "planned by the first", "second"]);
    expect(events).to.equal(3);
  });

  it("forgets what was called off", async () => {
    const scheduler = new Scheduler();
    scheduler.at(1, () => expect.fail("it was called off")).cancel();
    await scheduler.runUntil(2);
  });

  it("plans nothing for a moment that has passed, or for none", async () => {
    const scheduler = new Scheduler();
    await scheduler.runUntil(10);
    expect(() => scheduler.at(9, () => {})).to.throw(InvalidMomentError, "ms=9, now=10");
    expect(() => scheduler.at(Number.NaN, () => {})).to.throw(InvalidMomentError);
  });
});
