import { expect } from "chai";
import fc from "fast-check";

import type { RollupTiming } from "../../../harness/protocol/time.ts";
import { classifySubmission, judgeOpening, windowEnd } from "../../../harness/protocol/window.ts";
import table from "../../support/boundaryCases.json" with { type: "json" };
import {
  classifySubmission as modelSubmission,
  type Submission as ModelSubmission,
} from "../../support/model/classifySubmission.ts";
import { findOpeningError } from "../../support/model/findOpeningError.ts";

/** Seed of the property test: fixed, so that a red run can be repeated. */
const SEED = 0x6c31;
const GENESIS = 4_000_000_000n;

const NAMES: Readonly<Record<ModelSubmission, string>> = {
  Foreign: "foreign",
  OnTime: "on-time",
  Late: "late",
  Closed: "closed",
};

const timingOf = (proofSubmissionEpochs: bigint): RollupTiming => ({
  genesisTime: GENESIS,
  slotSeconds: 36n,
  epochSlots: 4n,
  proofSubmissionEpochs,
  validatorSetLagEpochs: 2n,
});

/** Headers and clocks of three epochs of four slots of 36 seconds, under every kind of terms. */
const CIRCUMSTANCES = fc.record({
  headerSlot: fc.bigInt(0n, 12n),
  now: fc.bigInt(0n, 13n * 36n),
  windowSeconds: fc.integer({ min: 0, max: 36 }),
  crossEpoch: fc.boolean(),
  committeeSize: fc.constantFrom(0n, 4n, 4n, 4n),
  proofSubmissionEpochs: fc.constantFrom(0n, 1n),
  openHatchEpochs: fc.subarray([0n, 1n, 2n]),
});

describe(`The window as the harness computes it (property test with seed ${SEED})`, () => {
  it("classifies the boundary cases as the specification says", () => {
    for (const row of table.window) {
      // The table goes up to the largest number of seconds that a word can hold.
      const timing = { ...timingOf(1n), slotSeconds: 2n ** 256n };
      const timestamp = GENESIS + BigInt(row.currentSlot) * timing.slotSeconds + BigInt(row.elapsed);
      const found = classifySubmission(timing, Number(row.windowSeconds), BigInt(row.headerSlot), timestamp);
      expect(found, row.name).to.equal(NAMES[row.expected as ModelSubmission]);
    }
  });

  it("refuses the boundary cases with the error and the arguments that the specification gives", () => {
    for (const row of table.opening) {
      const headerSlot = BigInt(row.headerSlot);
      const epoch = headerSlot / 4n;
      const opening = judgeOpening(
        {
          timing: timingOf(BigInt(row.proofSubmissionEpochs)),
          terms: { windowSeconds: Number(row.windowSeconds), crossEpoch: row.crossEpoch },
          hasCommittees: BigInt(row.committeeSize) !== 0n,
          isHatchOpen: epoch >= BigInt(row.hatchSinceEpoch) && row.openHatchEpochs.map(BigInt).includes(epoch),
        },
        headerSlot,
        GENESIS + BigInt(row.secondsSinceGenesis),
      );
      // The cases ask for a late opening, so the current slot is refused there; to `propose` it is simply on time.
      if (opening.kind !== "refused") {
        const expected = row.error === "" ? "late" : "on-time";
        expect(opening.kind, row.name).to.equal(expected);
        continue;
      }
      expect(opening.errorName, row.name).to.equal(row.error.slice(0, row.error.indexOf("(")));
      expect(opening.args, row.name).to.deep.equal(row.errorArguments.map(BigInt));
    }
  });

  it("agrees with the independent model everywhere", () => {
    const counts = new Map<string, number>();
    fc.assert(
      fc.property(CIRCUMSTANCES, ({ headerSlot: distance, now, ...drawn }) => {
        // Most headers are near the clock: far ones are all alike.
        const currentSlot = now / 36n;
        const headerSlot = distance < 8n ? (currentSlot === 0n ? 0n : currentSlot - 1n) : distance;
        const { windowSeconds, crossEpoch, committeeSize, proofSubmissionEpochs, openHatchEpochs } = drawn;
        const timing = timingOf(proofSubmissionEpochs);
        const opening = judgeOpening(
          {
            timing,
            terms: { windowSeconds, crossEpoch },
            hasCommittees: committeeSize > 0n,
            isHatchOpen: openHatchEpochs.includes(headerSlot / 4n),
          },
          headerSlot,
          GENESIS + now,
        );
        const circumstances = { windowSeconds: BigInt(windowSeconds), headerSlot };
        const submission = modelSubmission({ ...circumstances, currentSlot, elapsed: now % 36n });
        const expected = findOpeningError({
          ...circumstances,
          genesisTime: GENESIS,
          slotDuration: 36n,
          epochDuration: 4n,
          proofSubmissionEpochs,
          crossEpoch,
          committeeSize,
          openHatchEpochs,
          hatchSinceEpoch: 0n,
          secondsSinceGenesis: now,
        });
        expect(classifySubmission(timing, windowSeconds, headerSlot, GENESIS + now)).to.equal(NAMES[submission]);
        if (submission === "OnTime") expect(opening).to.deep.equal({ kind: "on-time" });
        else if (expected === undefined) expect(opening).to.deep.equal({ kind: "late" });
        else expect(opening).to.deep.equal({ kind: "refused", errorName: expected.name, args: expected.arguments });
        const outcome = opening.kind === "refused" ? opening.errorName : opening.kind;
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      }),
      { seed: SEED, numRuns: 2_000 },
    );
    expect([...counts.keys()], "every outcome has been seen").to.have.length(8);
  });

  it("ends its window at the first second that is closed", () => {
    const timing = timingOf(1n);
    const end = windowEnd(timing, 24, 7n);
    expect(end).to.equal(GENESIS + 8n * 36n + 24n);
    expect(classifySubmission(timing, 24, 7n, end - 1n)).to.equal("late");
    expect(classifySubmission(timing, 24, 7n, end)).to.equal("closed");
  });
});
