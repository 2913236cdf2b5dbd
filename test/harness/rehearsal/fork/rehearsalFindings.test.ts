import { expect } from "chai";

import type { ComparisonRow, ForkCheck } from "../../../../harness/rehearsal/fork/forkReport.ts";
import {
  RehearsalFindingError,
  requireMeant,
  requirePassed,
} from "../../../../harness/rehearsal/fork/rehearsalFindings.ts";

describe("What a rehearsal on a fork must not find", () => {
  it("is a difference that has no reason; one that has a reason, and what is the same, may be", () => {
    const meant: ComparisonRow = {
      area: "configuration",
      subject: "config.inboxLag",
      before: "1",
      after: "2",
      same: false,
      why: "meant",
    };
    const same: ComparisonRow = { area: "code", subject: "Inbox", before: "a", after: "a", same: true };
    requireMeant([meant, same]);
    const strange: ComparisonRow = {
      area: "configuration",
      subject: "config.manaTarget",
      before: "1",
      after: "3",
      same: false,
    };
    expect(() => {
      requireMeant([meant, same, strange]);
    })
      .to.throw(RehearsalFindingError, "differs from the canonical one where it should not")
      .with.deep.property("fields", { subject: "config.manaTarget", before: "1", after: "3" });
  });

  it("is a failed check of the other side, of which the first is named", () => {
    const passed: ForkCheck = { id: "gse", what: "the latest rollup", expected: "a", found: "a", passed: true };
    const failed: ForkCheck = { ...passed, id: "registry", found: "b", passed: false };
    requirePassed([passed]);
    expect(() => {
      requirePassed([passed, failed, { ...failed, id: "owner" }]);
    })
      .to.throw(RehearsalFindingError, "is not what it must be")
      .with.deep.property("fields", { findings: 2, id: "registry", expected: "a", found: "b" });
  });
});
