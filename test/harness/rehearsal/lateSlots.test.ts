import { expect } from "chai";

import type { ProofAudit } from "../../../harness/accounting/auditProof.ts";
import { OPEN_TERMS } from "../../../harness/network/deployBuildAhead.ts";
import { describeLateSlots, UnknownLateSlotError } from "../../../harness/rehearsal/lateSlots.ts";

describe("Late slots of a rehearsal", () => {
  it("are known from their steps: a settlement of another slot is an error", () => {
    const settled = [{ slot: 7n }] as unknown as ProofAudit["settled"];
    expect(() => describeLateSlots([], [], [{ settled } as ProofAudit], OPEN_TERMS)).to.throw(
      UnknownLateSlotError,
      "slot=7",
    );
  });
});
