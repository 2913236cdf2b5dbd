import { expect } from "chai";

import { assertValidCalendar, InvalidCalendarError, isLastOfEpoch, pruneMs } from "../../../harness/sim/calendar.ts";
import { InvalidCastError, matchCast, parseCast } from "../../../harness/sim/cast.ts";

describe("Cast", () => {
  const EPOCH = 4;
  const match = (cast: string, proposers: readonly number[], first = 0) => {
    const people = matchCast(
      parseCast(cast),
      (place) => proposers[place],
      (place) => (first + place) % EPOCH === 0,
    );
    return people === undefined ? undefined : Object.fromEntries(people);
  };

  it("says who is the same and who is not", () => {
    expect(match("ABA", [5, 7, 5])).to.deep.equal({ A: 5, B: 7 });
    expect(match("ABA", [5, 7, 6])).to.equal(undefined);
    expect(match("AB", [5, 5])).to.equal(undefined);
    expect(match("A.A", [5, 5, 5])).to.deep.equal({ A: 5 });
    expect(match("AB", [5]), "not known so far ahead").to.equal(undefined);
  });

  it("has epochs begin where its bars are, and nowhere else", () => {
    expect(match("AB|C", [1, 2, 3], 2)).to.deep.equal({ A: 1, B: 2, C: 3 });
    expect(match("AB|C", [1, 2, 3], 0)).to.equal(undefined);
    expect(match("ABC", [1, 2, 3], 2)).to.equal(undefined);
  });

  it("is letters, dots and bars between them", () => {
    for (const cast of ["", "|A", "A|", "ab", "A||B", "A B"]) expect(() => parseCast(cast)).to.throw(InvalidCastError);
  });
});

describe("Calendar", () => {
  const calendar = { slotMs: 72_000, epochSlots: 4, slotsBefore: 1, proofSubmissionEpochs: 1 };

  it("knows an epoch's last slot and when what it has not proven can be pruned", () => {
    expect([0, 1, 2, 3].map((slot) => isLastOfEpoch(calendar, slot))).to.deep.equal([false, false, true, false]);
    // The second epoch after it begins with slot 7.
    expect(pruneMs(calendar, 0)).to.equal(7 * 72_000);
  });

  it("refuses a clock under which nothing could happen", () => {
    assertValidCalendar(calendar);
    for (const wrong of [
      { slotMs: 5_000 },
      { slotMs: 0 },
      { epochSlots: 0 },
      { slotsBefore: 4 },
      { slotsBefore: 0.5 },
    ]) {
      expect(() => {
        assertValidCalendar({ ...calendar, ...wrong });
      }).to.throw(InvalidCalendarError);
    }
  });
});
