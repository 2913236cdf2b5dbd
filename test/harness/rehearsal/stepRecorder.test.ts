import { expect } from "chai";

import { DuplicateStepError, StepRecorder } from "../../../harness/rehearsal/stepRecorder.ts";
import type { WorldStep } from "../../../harness/world/worldStep.ts";

describe("Step recorder", () => {
  const step: WorldStep = { id: "a.b", name: "a step", outcome: "success", gasUsed: 21_000n, transactions: 1 };

  it("keeps steps in order under the phase in which they were told", () => {
    const heard: string[] = [];
    const recorder = new StepRecorder({ onPhase: (title) => heard.push(title), onStep: ({ id }) => heard.push(id) });
    recorder.phase("One");
    recorder.onStep({ ...step, slot: 0n });
    recorder.phase("Two");
    recorder.onStep({ ...step, id: "a.c", note: "why" });
    const common = { name: "a step", outcome: "success", gasUsed: 21_000, transactions: 1 };
    expect(recorder.steps).to.deep.equal([
      { ...common, id: "a.b", phase: "One", slot: 0 },
      { ...common, id: "a.c", phase: "Two", note: "why" },
    ]);
    expect(heard).to.deep.equal(["One", "a.b", "Two", "a.c"]);
  });

  it("takes no second step with an id that it knows", () => {
    const recorder = new StepRecorder();
    recorder.onStep(step);
    expect(() => recorder.onStep({ ...step, name: "another" })).to.throw(DuplicateStepError, "id=a.b");
  });
});
