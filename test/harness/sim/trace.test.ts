import { expect } from "chai";

import { Trace } from "../../../harness/sim/trace.ts";

describe("Trace", () => {
  it("has a line for an event and a column for an actor", () => {
    const trace = new Trace(["L1", "A"]);
    trace.note(1_500, "A", "begins");
    trace.note(12_000, "L1", () => "block 1");
    expect(trace.render()).to.equal(
      ["   seconds | L1      | A", "     1.500 |         | begins", "    12.000 | block 1 |", ""].join("\n"),
    );
  });

  it("shows what is around a place", () => {
    const trace = new Trace(["A"]);
    for (let index = 0; index < 100; index++) trace.note(index, "A", `event ${index}`);
    const around = trace.around(50, 4);
    expect(around).to.include("event 46").and.to.include("event 51");
    expect(around).to.not.include("event 45");
    expect(around).to.not.include("event 52");
  });

  it("keeps the newest entries up to its limit, and knows where it is", () => {
    const trace = new Trace(["A"], 3);
    for (let index = 0; index < 100; index++) trace.note(index, "A", `event ${index}`);
    expect(trace.length).to.equal(100);
    expect(trace.render()).to.include("event 99");
    expect(trace.render().split("\n").length).to.be.lessThan(10);
  });

  it("asks for no text that it will not keep", () => {
    new Trace(["A"], 0).note(0, "A", () => expect.fail("nobody reads it"));
  });
});
