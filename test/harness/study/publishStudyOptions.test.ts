import { expect } from "chai";

import {
  DEFAULT_STUDY,
  findStudyVariations,
  InvalidStudyError,
  parseStudyRequest,
  QUICK_STUDY,
} from "../../../harness/study/publishStudyOptions.ts";

const RAW = { seed: DEFAULT_STUDY.seed, slots: 0, quick: false };

describe("What a study of publishers is asked", () => {
  it("is the committed one unless something is said, which names a folder of its own", () => {
    expect(parseStudyRequest(RAW)).to.deep.equal(DEFAULT_STUDY);
    expect(findStudyVariations(DEFAULT_STUDY)).to.deep.equal([]);
    const quick = parseStudyRequest({ ...RAW, quick: true });
    expect(quick).to.deep.equal({ ...DEFAULT_STUDY, ...QUICK_STUDY });
    expect(findStudyVariations({ ...quick, seed: "a" })).to.deep.equal(["seed-a", "slots-60", "runs-2"]);
    expect(parseStudyRequest({ ...RAW, quick: true, slots: 7 }).slots).to.equal(7);
  });

  it("is refused in one line that says what can be", () => {
    const cases: readonly [Partial<typeof RAW>, string][] = [
      [{ seed: "" }, '--seed "": expected at least one character'],
      [{ slots: -1 }, "--slots -1: expected a whole number from 8, one for each run, to 1000000"],
      [{ slots: 7 }, "--slots 7: expected a whole number from 8"],
      [{ slots: 1.5, quick: true }, "--slots 1.5: expected a whole number from 2"],
    ];
    for (const [wrong, message] of cases) {
      expect(() => parseStudyRequest({ ...RAW, ...wrong }))
        .to.throw(InvalidStudyError)
        .with.property("message")
        .that.includes(message)
        .and.does.not.include("\n");
    }
  });
});
