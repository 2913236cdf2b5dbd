import { expect } from "chai";

import type { ProofAudit } from "../../../harness/accounting/auditProof.ts";
import { describeLateSlots, UnknownLateSlotError } from "../../../harness/rehearsal/lateSlots.ts";

describe("Late slots of a rehearsal", () => {
  it("are known from their steps: a settlement of another slot is an error", () => {
    const settled = [{ slot: 7n }] as unknown as ProofAudit["settled"];
    expect(() => describeLateSlots([], [], [{ settled } as ProofAudit])).to.throw(UnknownLateSlotError, "slot=7");
  });
});
