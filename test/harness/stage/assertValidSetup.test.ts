import { expect } from "chai";

import { openModelLedger } from "../../../harness/ledger/modelLedger.ts";
import { InvalidDurationError, MAINNET_DURATIONS, SlotTooShortError } from "../../../harness/protocol/timetable.ts";
import happyPath from "../../../harness/scenarios/simulated/happyPath.ts";
import { assertValidScenarios } from "../../../harness/scenarios/runScenarios.ts";
import { InvalidCastError } from "../../../harness/sim/cast.ts";
import { assertValidSetup, InvalidStageError } from "../../../harness/stage/assertValidSetup.ts";
import { runStage } from "../../../harness/stage/runStage.ts";
import { makeSetup, type StageChanges } from "../../../harness/stage/stageSetup.ts";
import { rejection } from "../../support/rejection.ts";

const slotsOf = (slot: number) => ({ slotSeconds: slot, durations: { ...MAINNET_DURATIONS, slot } });

describe("A setup that contradicts itself", () => {
  const contradictions: readonly (readonly [name: string, changes: StageChanges, message: string])[] = [
    ["an empty seed", { seed: "" }, 'A seed has at least one character (seed="")'],
    ["half a slot", { slots: 1.5 }, "A run is a whole number of slots (slots=1.5)"],
    ["no slot", { slots: 0 }, "A run is a whole number of slots (slots=0)"],
    [
      "no committee",
      { committeeSize: 0 },
      "Committee and validators are whole numbers (committeeSize=0, validators=6)",
    ],
    [
      "a committee larger than the validator set",
      { committeeSize: 7 },
      "A committee is drawn from the validators, and there are too few (committeeSize=7, validators=6)",
    ],
    [
      "a timetable of other slots",
      { slotSeconds: 36 },
      "The timetable is for other slots than the rollup's (timetable=72, rollup=36)",
    ],
    [
      "slots that are no L1 blocks",
      slotsOf(70),
      "A slot is a whole number of L1 blocks (slotSeconds=70, blockSeconds=12)",
    ],
    [
      "a window longer than a slot",
      { terms: { windowSeconds: 73 } },
      "A window is no longer than a slot (windowSeconds=73, slotSeconds=72)",
    ],
    ["a trace without a block", { demand: [] }, "A trace of demand has a block (blocks=0)"],
  ];
  for (const [name, changes, message] of contradictions) {
    it(`is refused: ${name}`, () => {
      expect(() => {
        assertValidSetup(makeSetup(changes));
      })
        .to.throw(InvalidStageError)
        .with.property("message", message);
    });
  }

  it("is refused: a slot shorter than its own reserve, a duration that is none, a cast that is no pattern", () => {
    const check = (changes: StageChanges) => () => {
      assertValidSetup(makeSetup(changes));
    };
    expect(check(slotsOf(12))).to.throw(SlotTooShortError, "mode=build-ahead, slot=12, deadZone=10");
    expect(check({ ...slotsOf(24), mode: "current" })).to.throw(
      SlotTooShortError,
      "mode=current, slot=24, deadZone=24",
    );
    expect(check({ durations: { ...MAINNET_DURATIONS, block: 0 } })).to.throw(InvalidDurationError);
    expect(check({ cast: "A B" })).to.throw(InvalidCastError);
  });

  it("opens no ledger, and runs nothing", async () => {
    let opened = 0;
    const open = (setup: Parameters<typeof openModelLedger>[0]) => {
      opened++;
      return Promise.resolve(openModelLedger(setup));
    };
    await rejection(runStage(open, makeSetup({ committeeSize: 7 })), InvalidStageError);
    expect(opened).to.equal(0);
  });

  it("is found in a list of scenarios before the first of them runs", () => {
    const named = (stage: StageChanges) => ({ ...happyPath, name: "mine", stage });
    const check =
      (stage: StageChanges, seed = "s") =>
      () => {
        assertValidScenarios([named({}), named(stage)], { seed });
      };
    expect(check({})).to.not.throw();
    expect(check({ committeeSize: 7 })).to.throw(InvalidStageError);
    expect(check({}, "")).to.throw(InvalidStageError, "A seed has at least one character");
  });
});
