import { expect } from "chai";

import type { AttestedCheckpoint } from "../../../harness/consensus/attestedCheckpoint.ts";
import { proveAndSettle, readLateSubmission } from "../../support/settlement.ts";
import { askOpen, expectRejected, refusal, rehearse, rehearseHeader, type Verdict } from "../../support/verdict.ts";
import { openTestWorld, setTerms, type TestWorld } from "../../support/world.ts";

const SLOT = 72n;

/** What becomes of a checkpoint that is sent so many seconds after its own slot began. */
type Outcome = "on time" | "late" | "closed" | "foreign";

interface Edge {
  readonly name: string;
  /** Seconds since the header's slot began. */
  readonly after: bigint;
  readonly outcome: Outcome;
}

const EDGES: Readonly<Record<number, readonly Edge[]>> = {
  0: [
    { name: "the first second of its slot", after: 0n, outcome: "on time" },
    { name: "the last second of its slot", after: SLOT - 1n, outcome: "on time" },
    { name: "the first second of the next slot", after: SLOT, outcome: "foreign" },
    { name: "the last second of the next slot", after: 2n * SLOT - 1n, outcome: "foreign" },
  ],
  1: [
    { name: "the first and only second of the window", after: SLOT, outcome: "late" },
    { name: "one second after the window", after: SLOT + 1n, outcome: "closed" },
  ],
  24: [
    { name: "one second before its slot", after: -1n, outcome: "foreign" },
    { name: "the first second of its slot", after: 0n, outcome: "on time" },
    { name: "the last second of its slot", after: SLOT - 1n, outcome: "on time" },
    { name: "the first second of the window", after: SLOT, outcome: "late" },
    { name: "the last second of the window", after: SLOT + 23n, outcome: "late" },
    { name: "one second after the window", after: SLOT + 24n, outcome: "closed" },
    { name: "the last second of the next slot", after: 2n * SLOT - 1n, outcome: "closed" },
    { name: "the first second two slots on", after: 2n * SLOT, outcome: "foreign" },
  ],
  72: [
    { name: "the last second of the next slot", after: 2n * SLOT - 1n, outcome: "late" },
    { name: "the first second two slots on", after: 2n * SLOT, outcome: "foreign" },
  ],
};

describe("The window's edges", () => {
  let world: TestWorld;
  let slot: bigint;
  let checkpoint: AttestedCheckpoint;

  beforeEach(async () => {
    world = await openTestWorld();
    slot = world.firstSlot + 1n;
    checkpoint = await world.build(slot);
  });

  for (const [windowSeconds, edges] of Object.entries(EDGES)) {
    for (const { name, after, outcome } of edges) {
      it(`${verb(outcome)} with a window of ${windowSeconds} s: ${name}`, async () => {
        const { rescuer } = world;
        await setTerms(world, { windowSeconds: Number(windowSeconds) });
        const timestamp = world.at(slot, after);
        const expected = verdictFor(outcome, timestamp, Number(windowSeconds));
        expect(await askOpen(world, checkpoint, timestamp), "requireOpen").to.deep.equal(expected);
        expect(await rehearseHeader(world, checkpoint, timestamp), "header alone").to.deep.equal(expected);

        if (expected !== "accepted") {
          await expectRejected(world, checkpoint, expected, { timestamp, from: rescuer });
          // The chain goes on as if nothing had been sent.
          const { checkpoint: next } = await world.landOnTime(slot + 2n);
          expect(next.number, "checkpoint").to.equal(1n);
          await proveAndSettle(world, { checkpoints: [next] });
          return;
        }
        expect(await rehearse(world, checkpoint, timestamp), "attested header").to.equal("accepted");
        const { revert } = await world.land(checkpoint, { timestamp, from: rescuer });
        expect(revert?.message).to.equal(undefined);
        const late = outcome === "late" ? [{ checkpoint, submitter: rescuer.address }] : [];
        if (outcome === "late") {
          const { delay, submitter } = await readLateSubmission(world, slot);
          expect(delay, "seconds into the submission slot").to.equal(after - SLOT);
          expect(submitter).to.equal(rescuer.address);
        }
        await proveAndSettle(world, { checkpoints: [checkpoint], late });
      });
    }
  }

  /** The error of an outcome, with the arguments it must have. */
  function verdictFor(outcome: Outcome, timestamp: bigint, windowSeconds: number): Verdict {
    switch (outcome) {
      case "on time":
      case "late":
        return "accepted";
      case "closed":
        return refusal("LateSubmission__WindowClosed", slot, world.at(slot + 1n, BigInt(windowSeconds)));
      case "foreign":
        return refusal("HeaderLib__InvalidSlotNumber", (timestamp - world.rollup.timing.genesisTime) / SLOT, slot);
    }
  }
});

function verb(outcome: Outcome): string {
  return outcome === "on time" || outcome === "late" ? "accepts" : "refuses";
}

describe("Terms that change between building and landing", () => {
  let world: TestWorld;
  let slot: bigint;
  let checkpoint: AttestedCheckpoint;

  beforeEach(async () => {
    world = await openTestWorld();
    slot = world.firstSlot + 1n;
    checkpoint = await world.build(slot);
  });

  it("close the window on a checkpoint that was built under a longer one", async () => {
    await setTerms(world, { windowSeconds: 12 }, world.at(slot + 1n, 1n));
    const expected = refusal("LateSubmission__WindowClosed", slot, world.at(slot + 1n, 12n));
    await expectRejected(world, checkpoint, expected, { timestamp: world.at(slot + 1n, 12n), from: world.rescuer });
  });

  it("open the window to a checkpoint that was built under a shorter one", async () => {
    await setTerms(world, { windowSeconds: 60 }, world.at(slot + 1n, 30n));
    await world.landLate(checkpoint, { from: world.rescuer, delay: 59n });
    await proveAndSettle(world, {
      checkpoints: [checkpoint],
      late: [{ checkpoint, submitter: world.rescuer.address }],
    });
  });

  it("turn the feature off: upstream's error, also in the slot's own window", async () => {
    await setTerms(world, { windowSeconds: 0 }, world.at(slot + 1n, 1n));
    const expected = refusal("HeaderLib__InvalidSlotNumber", slot + 1n, slot);
    await expectRejected(world, checkpoint, expected, { timestamp: world.at(slot + 1n, 2n), from: world.rescuer });
  });

  it("turn it on again for a later submission of the same slot", async () => {
    await setTerms(world, { windowSeconds: 0 }, world.at(slot, 1n));
    await setTerms(world, {}, world.at(slot + 1n, 1n));
    await world.landLate(checkpoint, { from: world.rescuer });
    expect((await readLateSubmission(world, slot)).delay, "seconds").to.equal(12n);
  });

  it("split by what was in force when it landed, not when it was built and not when it was proven", async () => {
    await setTerms(world, { submitterBps: 100, burnBps: 200 }, world.at(slot + 1n, 1n));
    await world.landLate(checkpoint, { from: world.rescuer });
    await setTerms(world, { submitterBps: 10_000, burnBps: 0 });
    const { submitterBps, burnBps } = await readLateSubmission(world, slot);
    expect([submitterBps, burnBps], "basis points").to.deep.equal([100n, 200n]);
    await proveAndSettle(world, {
      checkpoints: [checkpoint],
      late: [{ checkpoint, submitter: world.rescuer.address, submitterBps: 100, burnBps: 200 }],
    });
  });

  it("close the epoch boundary on the epoch's last slot, and open it", async () => {
    const last = world.firstSlot + 3n;
    const { rescuer, firstEpoch } = world;
    const epochEnd = await world.build(last);
    await setTerms(world, { crossEpoch: true }, world.at(last, 0n));
    await setTerms(world, { crossEpoch: false }, world.at(last + 1n, 0n));
    const expected = refusal("LateSubmission__CrossEpochClosed", last, firstEpoch);
    await expectRejected(world, epochEnd, expected, { timestamp: world.at(last + 1n, 1n), from: rescuer });
    await setTerms(world, { crossEpoch: true }, world.at(last + 1n, 2n));
    await world.landLate(epochEnd, { from: rescuer });
    await proveAndSettle(world, {
      checkpoints: [epochEnd],
      late: [{ checkpoint: epochEnd, submitter: rescuer.address }],
    });
  });
});
